#!/bin/sh
# Some tiers talk to real programs that pip has not. Install them where we may; say loudly where we may not.
set -eu

packages="" tiers=""
[ -x /usr/bin/vtysh ] && [ -x /usr/sbin/sshd ] || { packages="frr openssh-server" tiers="frr"; }
[ -x /usr/bin/chromium ] || { packages="$packages chromium" tiers="$tiers browser"; }
[ -n "$packages" ] || exit 0

say() {
    echo "!!! These tiers will NOT run: $tiers. $1" >&2
    echo "!!! For the whole test: apt-get install $packages" >&2
    # .ci/run demands the tiers; everywhere else the other ones are still worth running.
    for tier in $tiers; do
        case ",${NETCELLAR_REQUIRE:-}," in *",$tier,"*) exit 1 ;; esac
    done
    exit 0
}

command -v apt-get >/dev/null || say "this system has no apt-get"
root=""
if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || say "neither root nor sudo without a password"
    root="sudo -n"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing $packages for the tests"
# A daemon that is merely installed must not start: the tests run their own, on ports of their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
    $root chmod 755 "$policy"
    trap 'rm -f "$log"; $root rm -f "$policy"' EXIT
fi
install="$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $packages"
$install >"$log" 2>&1 || { $root apt-get update -qq >>"$log" 2>&1 && $install >>"$log" 2>&1; } || {
    tail -n 5 "$log" >&2
    say "apt-get failed, as above"
}
