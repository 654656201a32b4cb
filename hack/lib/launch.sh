# Starts a Python program of hack/lib. Sourced by hack/cluster and hack/images, which are the programs' names.
# Nothing but a POSIX shell is taken for granted: a fresh machine gets its python3 here.
here=$(cd "$(dirname "$0")" && pwd)

python_is_new_enough() {
  command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null
}

if ! python_is_new_enough python3; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing python3" >&2
    { apt-get update && apt-get install -y --no-install-recommends python3; } >/dev/null || exit 1
  fi
  python_is_new_enough python3 || {
    echo "error: Python 3.10 or newer is needed; as root on Debian or Ubuntu: apt-get install -y python3" >&2
    exit 1
  }
fi

# Compiled files go to the cache: the working tree stays as git knows it.
PYTHONPATH="$here/lib" PYTHONPYCACHEPREFIX="${XDG_CACHE_HOME:-$HOME/.cache}/weir/pycache" exec python3 -m "$(basename "$0")" "$@"
