"""Is a key, a token or a password in what is under version control? Looked for by their looks.

    python -m coordination.local.secret_scan

Proves itself first: keys made up here must be found. What a variable is called is not looked at (ruff S105 to
S107 do that, where it is no test); a key of the demo and of the tests is words, and has no looks.
"""

import base64
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = (
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
ENTROPY = ({"name": "Base64HighEntropyString", "limit": 4.5}, {"name": "HexHighEntropyString", "limit": 3.5})
# Hashes of packages and of files, and shapes of letters: long words that mean nothing and hide nothing.
NOT_LOOKED_AT = (".lock", ".svg", ".woff2", ".png", ".mo", ".po", ".pdf", "SHA256SUMS")
FILTERS = (
    "detect_secrets.filters.heuristic.is_sequential_string",
    "detect_secrets.filters.heuristic.is_potential_uuid",
    "detect_secrets.filters.heuristic.is_templated_secret",
)


def canaries() -> dict[str, str]:
    """What must be found; put together here, so that this file holds none."""
    random = sha256(b"made up")
    return {
        "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
        "a key of a cloud": "AKIA" + "IOSFODNN7" + "EXAMPLE",
        "a token": "ghp_" + random.hexdigest()[:36],
        "a random word": f'KEY = "{base64.b64encode(random.digest()).decode()}"',
    }


def found(files: Iterable[Path]) -> list[str]:
    """One line for each: file, line and kind; never the secret."""
    collection = SecretsCollection()
    with transient_settings(
        {
            "plugins_used": [*({"name": name} for name in PLUGINS), *ENTROPY],
            "filters_used": [{"path": path} for path in FILTERS],
        }
    ):
        for file in files:
            collection.scan_file(str(file))
    return sorted(f"{path}:{secret.line_number}: {secret.type}" for path, secret in collection)


def files_under_version_control() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = [Path(name) for name in listed.stdout.split("\0") if name and not name.endswith(NOT_LOOKED_AT)]
    return [file for file in files if (ROOT / file).is_file()]


def missed_canaries() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        missed = []
        for name, text in canaries().items():
            file = Path(folder) / "canary.py"
            file.write_text(f"{text}\n", encoding="utf-8")
            if not found([file]):
                missed.append(name)
        return missed


def main() -> int:
    if missed := missed_canaries():
        print(f"NOT CHECKED: the search does not find {', '.join(missed)}")
        return 1
    secrets = found(files_under_version_control())
    print("\n".join(secrets))
    return 1 if secrets else 0


if __name__ == "__main__":
    sys.exit(main())
