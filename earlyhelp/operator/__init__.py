"""The operator: sets up the installation and its partnerships, and sees nothing inside one."""
