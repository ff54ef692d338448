# One image for web, worker, beat and the migrations; docker-compose.yml says which runs what.
#
# The base images are named by exact version. To pin a digest, build with PYTHON_IMAGE=python@sha256:….
ARG NODE_IMAGE=node:24.19.0-bookworm-slim
ARG PYTHON_IMAGE=python:3.12.12-slim-bookworm

FROM ${NODE_IMAGE} AS look
WORKDIR /look
COPY package.json package-lock.json .npmrc ./
RUN npm ci
# The style sheet keeps the rules that pages, forms and scripts use, so it is made from all of them.
COPY . .
RUN npm run build

FROM ${PYTHON_IMAGE} AS packages
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /requirements.txt

FROM ${PYTHON_IMAGE}
# Noto has the letters of nearly every script but Chinese, Japanese and Korean, which WenQuanYi has.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fontconfig fonts-noto-color-emoji fonts-noto-core fonts-wqy-zenhei \
        libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 shipby
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /portal
COPY --from=packages /venv /venv
COPY . .
COPY --from=look /look/static/dist static/dist
# The settings must be complete even for collecting files; none of these values outlives the build.
# A clone made under a strict umask has files that only their owner reads; in the image all accounts read them.
RUN mkdir -p var/files && chown shipby var/files && chmod 700 var/files \
    && find . -path ./var -prune -o ! -perm -o=r -exec chmod u=rwX,go=rX {} + \
    && if [ -d locale ]; then pybabel compile --domain django --directory locale; fi \
    && env SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
        ENCRYPTION_KEYS="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
        PUBLIC_BASE_URL=https://build.invalid DATABASE_URL=postgresql://build@localhost/build \
        REDIS_URL=redis://localhost EMAIL_URL=smtp://localhost PAYMENT_PROVIDER=sandbox \
        python manage.py collectstatic --no-input
USER shipby
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--config", "python:config.gunicorn"]
