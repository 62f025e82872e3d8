"""The pages' shell: components, base views, error pages."""
