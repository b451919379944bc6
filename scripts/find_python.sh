# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: sets `root` (the checkout) and `python` (a Python 3.11 or newer).
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
python=
for candidate in python3.11 python3.12 python3.13 python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "需要 Python 3.11 或更新版本 · needs Python 3.11 or newer (on Debian 12: apt-get install python3 python3-venv;" \
        "on Ubuntu 22.04: apt-get install python3.11 python3.11-venv)" >&2
    exit 1
fi
