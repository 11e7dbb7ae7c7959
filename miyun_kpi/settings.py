"""One settings file for every installation; the environment decides (names in docs/operations.md)."""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from miyun_kpi import profile
from miyun_kpi.api.enumerations import ENUM_NAME_OVERRIDES
from miyun_kpi.lib import logs
from miyun_kpi.operations.in_use import name_in_use
from miyun_kpi.site import REAL, chosen, settle

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
# demo or real, see miyun_kpi.site: one has its data in var/demo/, the other in var/site/.
_site = settle(chosen(BASE_DIR, os.environ))
SITE, VAR_DIR = _site.name, _site.var
VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o750)


def _kept_secret(variable: str, file_name: str) -> str:
    return profile.kept_secret(env.str(variable, default=""), VAR_DIR, file_name)


SECRET_KEY = _kept_secret("KPI_SECRET_KEY", "secret-key")
AUDIT_KEY = _kept_secret("KPI_AUDIT_KEY", "audit-key")
# Seals personal data. Outside the database and, like every key, outside its backup (operations.archive).
PERSONAL_KEY_FILE = "personal-key"
PERSONAL_KEYS = _kept_secret("KPI_PERSONAL_KEY", PERSONAL_KEY_FILE).split(",")
# 动态口令: `acts` at 核定, 通报, 审核, 确认, 放行 and 揭示 and for the three administrators always; `all` for everybody at sign-in;
# `off` in the demonstration and a rehearsal.
SECOND_FACTOR = profile.second_factor(env.str("KPI_SECOND_FACTOR", default=""), real=SITE == REAL)
# Where the master head of the audit goes every hour: files on another disk or host, `syslog`, `syslog:host:port`.
ANCHORS = env.list("KPI_ANCHOR", default=[])
# Refused addresses, failed sign-ins and exports are written to the audit once in so many seconds, counted.
AUDIT_WINDOW_SECONDS = env.int("KPI_AUDIT_WINDOW", default=60)
DEBUG = env.bool("KPI_DEBUG", default=False)
ALLOWED_HOSTS = env.list("KPI_HOSTS", default=list(profile.LOOPBACK_HOSTS))
CSRF_TRUSTED_ORIGINS = env.list("KPI_ORIGINS", default=[])
HTTPS = env.bool("KPI_HTTPS", default=False)
# 1 behind one nginx (then X-Forwarded-For is believed), 0 when clients connect directly.
TRUSTED_PROXIES = env.int("KPI_TRUSTED_PROXIES", default=0)
# The header in which a proxy says which client certificate it has verified, and the proxies that are believed (0111).
CLIENT_CERT_HEADER, CLIENT_CERT_PROXIES = profile.client_certificates(
    env.str("KPI_CLIENT_CERT_HEADER", default=""),
    env.list("KPI_CLIENT_CERT_PROXIES", default=["127.0.0.1", "::1"]),
    proxies=TRUSTED_PROXIES,
)
# A site for others than the machine itself: everything below is strict, and operations.strength refuses what is weak.
SERVED = profile.is_served(ALLOWED_HOSTS, https=HTTPS, proxies=TRUSTED_PROXIES)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "miyun_kpi.jobs",
    "miyun_kpi.audit",
    "miyun_kpi.acts",
    "miyun_kpi.web",
    "miyun_kpi.api",
    "miyun_kpi.gazette",
    "miyun_kpi.organisations",
    "miyun_kpi.accounts",
    "miyun_kpi.inbox",
    "miyun_kpi.attachments",
    "miyun_kpi.drafts",
    "miyun_kpi.emendations",
    "miyun_kpi.proposals",
    "miyun_kpi.powers",
    "miyun_kpi.registers",
    "miyun_kpi.duties",
    "disclosure",
    "water",
    "safety",
    "finance_policy",
    "farmland",
    "postdoc",
    "personnel",
    "evaluation",
    "miyun_kpi.operations",
]

MIDDLEWARE = [
    "miyun_kpi.operations.middleware.Counted",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "miyun_kpi.web.middleware.Compressed",
    "csp.middleware.CSPMiddleware",
    "miyun_kpi.web.middleware.RequestIds",
    "miyun_kpi.accounts.certificates.ClientCertificates",
    "miyun_kpi.accounts.middleware.CountedAccess",
    "miyun_kpi.web.middleware.PrivatePages",
    "miyun_kpi.web.middleware.NamedAnswers",
    "miyun_kpi.operations.middleware.LoadingPage",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "miyun_kpi.drafts.middleware.StoredForms",
    "miyun_kpi.accounts.middleware.SessionLimits",
    "miyun_kpi.accounts.middleware.ActingPost",
    # The first that reads what was sent: strangers to a page and bodies too large have been turned away unread.
    "miyun_kpi.web.middleware.BodyLimits",
    "django.middleware.csrf.CsrfViewMiddleware",
    "miyun_kpi.web.middleware.NoNullCharacters",
    "miyun_kpi.web.middleware.OneOfEach",
    "miyun_kpi.web.middleware.VisibleText",
    "miyun_kpi.accounts.middleware.SamePost",
    "miyun_kpi.web.middleware.SentOnce",
    "miyun_kpi.web.middleware.RefusedPages",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "miyun_kpi.urls"
WSGI_APPLICATION = "miyun_kpi.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "miyun_kpi.web.context.page_frame"],
            "builtins": [
                *(f"miyun_kpi.web.templatetags.{name}" for name in ("kpi", "parts", "forms", "charts")),
                "miyun_kpi.gazette.templatetags.terms",
                "miyun_kpi.organisations.templatetags.units",
            ],
            "loaders": [("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])]
            if not DEBUG
            else ["django.template.loaders.filesystem.Loader"],
        },
    }
]

DATABASES = {"default": env.db_url("KPI_DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'kpi.sqlite3'}")}
# What a restore has put in place of it stands beside it (operations.in_use).
DATABASE_BASE = DATABASES["default"]["NAME"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # Writers stand in one line here. In the last minute of a deadline the line is long: waiting beats failing.
        "timeout": 60,
        # FULL: with NORMAL a power cut may take what was acknowledged in the last moments, a filing at its deadline too.
        # Without recursive triggers a REPLACE passes by those that refuse to delete.
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA cache_size=2000;PRAGMA recursive_triggers=ON;"
        # What is deleted or sealed is overwritten in the file, not only let go.
        "PRAGMA secure_delete=ON;",
    }
else:
    DATABASES["default"]["NAME"] = name_in_use(VAR_DIR, DATABASE_BASE)
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("KPI_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Whoever waits longer for another's lock is told so (409 busy), and no worker hangs behind a held row.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c lock_timeout=5s"
    # A server that does not answer is away: said after so many seconds, not after minutes.
    DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("KPI_STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "miyun_kpi" / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": {
            "plain": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "manifest": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
            "compressed": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        }[env.str("KPI_STATIC", default="compressed")]
    },
}

# Accounts and sessions
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "miyun_kpi.accounts.authentication.PeopleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# 等保 on a served site: three kinds of signs, no word of the house, none of the last five, ninety days (decision 0101).
PASSWORD_PROFILE = profile.password_profile(env.str("KPI_PASSWORD_PROFILE", default=""), served=SERVED)
AUTH_PASSWORD_VALIDATORS = profile.password_validators(PASSWORD_PROFILE)
PASSWORD_DAYS = env.int("KPI_PASSWORD_DAYS", default=90 if PASSWORD_PROFILE == profile.DENGBAO else 0)
# 推定: an account that nobody signed in with for so many days is listed; nobody but a person disables it.
STALE_ACCOUNT_DAYS = env.int("KPI_STALE_ACCOUNT_DAYS", default=90)
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "miyun_kpi.web.sessions"
SESSION_COOKIE_AGE = 10 * 3600
SESSION_IDLE_SECONDS = 30 * 60
SESSIONS_MOST = env.int("KPI_SESSIONS_MOST", default=5 if SERVED else 20)  # of one account at a time
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED
if SERVED:
    # The prefix makes the browser refuse one that another host of the domain, or plain http, has planted.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = False
# Who is told by mail what has not happened (operations.running), and by which server.
ALARM_MAIL = env.list("KPI_ALARM_MAIL", default=[])
_mail = env.email_url("KPI_MAIL_URL", default="consolemail://")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_BACKEND"], _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_TIMEOUT = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False), 10
DEFAULT_FROM_EMAIL = env.str("KPI_MAIL_FROM", default="miyun-kpi@localhost")
METRICS_TOKEN = env.str("KPI_METRICS_TOKEN", default="")
SECURE_HSTS_SECONDS = env.int("KPI_HSTS_SECONDS", default=profile.YEAR if SERVED else 0)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "miyun_kpi.web.views.csrf_failure"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours: 15 minutes
# Failed sign-ins of a quarter of an hour beside that lock: of an account everywhere, of an address, of the whole site (0102).
SIGN_IN_TRIES = {
    name: env.int(f"KPI_SIGN_IN_{name.upper()}", default=most)
    for name, most in (("account", 20), ("address", 60), ("all", 1000))
}
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "miyun_kpi.accounts.views.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "miyun_kpi.accounts.addresses.client_address"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["miyun_kpi.accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["miyun_kpi.api.renderers.PlainJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["miyun_kpi.api.parsers.PlainJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "miyun_kpi.api.errors.handle_exception",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.str("KPI_API_RATE", default="600/min")},
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}
REST_KNOX = {
    "TOKEN_MODEL": "accounts.ApiToken",
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_TTL": None,
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"
# The token table is ours (accounts.ApiToken); knox migrations would make a second, unused one.
MIGRATION_MODULES = {"knox": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "密云区绩效考评接口",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "miyun_kpi.api.schema.name_enumerations_of_parameters",
        "miyun_kpi.api.schema.add_error_shape",
    ],
    # A PATCH here takes its whole body, `version` above all.
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": ENUM_NAME_OVERRIDES,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# Background work
CELERY_BROKER_URL = env.str("KPI_BROKER_URL", default="filesystem://localhost//")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if CELERY_BROKER_URL.startswith("filesystem:"):
    _broker = VAR_DIR / "broker"
    for _name in ("queue", "control"):
        (_broker / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "control_folder": str(_broker / "control"),
        "unreadable_folder": str(_broker / "unreadable"),
        "polling_interval": 0.05,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
# A running job without a sign of life, and a queued one that nobody took, are published again after so long.
JOBS_STALE_SECONDS = env.float("KPI_JOBS_STALE_SECONDS", default=30)
JOBS_LONGEST_SECONDS = env.float("KPI_JOBS_LONGEST_SECONDS", default=3600)
JOBS_REPUBLISH_SECONDS = env.float("KPI_JOBS_REPUBLISH_SECONDS", default=15)
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_BEAT_SCHEDULER, CELERY_BEAT_SCHEDULE_FILENAME = "miyun_kpi.jobs.beat.Scheduler", str(VAR_DIR / "beat-schedule")
# Each looks at the database for what is due (jobs/clock.py). `expires`: a stopped worker meets no heap of old calls.
# Task: every how many seconds, and after how many a call that nobody took is dropped.
_BEATS = {
    "jobs.sweep": (5, 15),
    "operations.chain_heads": (3600, 3000),
    "operations.verify": (1800, 1500),
    "operations.tidy": (3600, 3000),
    "operations.watch": (600, 500),
    "drafts.forget_old": (3600, 3000),
    "disclosure.send_notices": (1800, 1500),
    "finance_policy.send_notices": (3600, 3000),
    "postdoc.send_notices": (3600, 3000),
    "evaluation.compare_held": (3600, 3000),
    "duties.open_due": (900, 800),
    "duties.settle": (3600, 3000),
    "personnel.send_notices": (3600, 3000),
    "powers.send_notices": (3600, 3000),
    "registers.send_due_notices": (3600, 3000),
    "farmland.check_ledger": (3600, 3000),
    "duties.send_reminders": (1800, 1500),
    "evaluation.open_due_periods": (300, 240),
    "evaluation.send_reminders": (600, 500),
    "evaluation.send_review_reminders": (600, 500),
    "evaluation.compute_trials_at_lock": (60, 50),
}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    name: {"task": name, "schedule": float(every), "options": {"expires": expires}}
    for name, (every, expires) in _BEATS.items()
}

CACHES = {
    "default": {"BACKEND": "miyun_kpi.web.cache.SharedCache", "LOCATION": env.str("KPI_CACHE_URL")}
    if env.str("KPI_CACHE_URL", default="")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

LOGGING = logs.configuration(
    env.str("KPI_LOG", default="json" if SERVED else "line"), env.str("KPI_LOG_LEVEL", default="WARNING")
)
# What one request may send: without signing in, to a page or the API (a read workbook comes back inside a form), with files.
BODY_OPEN, DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024, 4 * 1024 * 1024
# 草稿: bytes of one, how many of an account (the oldest goes), and for how many days.
DRAFT_LARGEST, DRAFTS_MOST, DRAFT_DAYS = 1024 * 1024, 50, 30
SIGNING_SCAN_REQUIRED = env.bool("KPI_SIGNING_SCAN", default=SITE == "real")  # 领导审签 by its scan, or in person
# Evidence files: bytes of one, and how many belong to one thing.
EVIDENCE_LARGEST = env.int("KPI_EVIDENCE_MB", default=20) * 1024 * 1024
BODY_WITH_FILES = EVIDENCE_LARGEST + 1024 * 1024
EVIDENCE_MOST = env.int("KPI_EVIDENCE_FILES", default=10)
FIXTURES_DIR = BASE_DIR / "fixtures"
