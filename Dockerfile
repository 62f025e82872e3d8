# The image of web, worker and beat: the same locked packages as `make run`, no servers inside.
FROM node:24-bookworm-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.12-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      fonts-dejavu-core fonts-liberation libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home --home-dir /data earlyhelp
WORKDIR /app
COPY requirements/app.lock requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/app.lock
COPY . .
COPY --from=front-end /app/node_modules node_modules
ENV PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=earlyhelp.settings \
    EARLYHELP_DATA_DIR=/data \
    EARLYHELP_STATIC_ROOT=/app/staticfiles
# Static files need the settings, not the servers: the addresses are never opened here.
RUN DATABASE_URL=postgresql://build@127.0.0.1/build REDIS_URL=redis://127.0.0.1/0 \
    EARLYHELP_SECRET_KEY=only-while-the-image-is-built \
    sh -c 'python manage.py vendor_assets && python manage.py collectstatic --noinput'
USER earlyhelp
EXPOSE 8000
CMD ["gunicorn", "earlyhelp.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "4", "--no-control-socket", "--logger-class", "earlyhelp.web_log.WebLog"]
