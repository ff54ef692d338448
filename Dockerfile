# One image for web, worker, beat and the migrations; docker-compose.yml says which runs what.

FROM node:22-slim AS look
WORKDIR /look
COPY package.json package-lock.json .npmrc ./
RUN npm ci
# The style sheet keeps the rules that pages, forms and scripts use, so it is made from all of them.
COPY . .
RUN npm run build

FROM python:3.12-slim-bookworm AS packages
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /requirements.txt

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fontconfig fonts-wqy-zenhei libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 shipby
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /portal
COPY --from=packages /venv /venv
COPY . .
COPY --from=look /look/static/dist static/dist
# The settings must be whole even for collecting files; none of these values outlives the build.
RUN mkdir -p var/files && chown shipby var/files \
    && if [ -d locale ]; then pybabel compile --domain django --directory locale; fi \
    && env SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
        PUBLIC_BASE_URL=https://build.invalid DATABASE_URL=postgresql://build@build.invalid/build \
        REDIS_URL=redis://build.invalid EMAIL_URL=console: PAYMENT_PROVIDER=sandbox \
        python manage.py collectstatic --no-input
USER shipby
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--config", "python:config.gunicorn"]
