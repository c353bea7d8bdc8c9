"""The set-ups of people who have used Ansible for years work untouched."""

from __future__ import annotations

import json

import pytest
from netcellar.demo.devices import Lab
from netcellar.demo.terminal import LabDevice

from .conftest import OpenLab, Site

PASSWORD = "correct-horse-battery"


@pytest.fixture
def pair(lab: OpenLab, site: Site) -> Lab:
    """Two devices of one password; the inventory is up to the test."""
    opened = lab(LabDevice("r1", "cisco_ios", password=PASSWORD), LabDevice("r2", "arista_eos", password=PASSWORD))
    site.know(opened)
    return opened


def addresses(lab: Lab) -> dict[str, dict[str, object]]:
    """The hosts without any credential."""
    keys = ("ansible_host", "ansible_port", "ansible_network_os")
    return {name: {key: host[key] for key in keys} for name, host in lab.hosts().items()}


def ini(lab: Lab) -> str:
    """The same as an INI inventory with a group."""
    lines = [
        " ".join([name, *(f"{key}={value}" for key, value in host.items())]) for name, host in addresses(lab).items()
    ]
    return "\n".join(["[routers]", *lines, ""])


def vaulted(site: Site, name: str, value: str, secret: str = "vault-pass") -> str:
    """A variable as ``ansible-vault encrypt_string`` prints it."""
    site.write("vault-password", secret)
    return site.run(
        "ansible-vault", "encrypt_string", "--vault-password-file", "vault-password", value, "--name", name
    ).stdout


def assert_both_stored(site: Site, *arguments: str, inventory: str = "hosts.yml", **extra: object) -> None:
    played = site.play(*arguments, inventory=inventory, **extra)
    assert played.outcomes == {"r1": "stored", "r2": "stored"}, played.output
    assert (played.code, played.noise) == (0, []), played.output
    assert PASSWORD not in played.output
    assert site.holding(PASSWORD) == []


@pytest.mark.parametrize("kind", ["ini", "yaml"])
def test_static_inventory_with_vaulted_password_and_network_cli(pair: Lab, site: Site, kind: str) -> None:
    if kind == "ini":
        site.write("inventory/hosts.ini", ini(pair))
    else:
        site.write("inventory/hosts.yml", json.dumps({"routers": {"hosts": addresses(pair)}}))
    connection = (
        "ansible_user: backup\nansible_connection: network_cli\nansible_become: true\nansible_become_method: enable\n"
    )
    site.write("inventory/group_vars/routers.yml", connection + vaulted(site, "ansible_password", PASSWORD))
    assert_both_stored(site, "--vault-password-file", "vault-password", inventory="inventory")


def test_user_and_password_of_the_command_line(pair: Lab, site: Site) -> None:
    site.write("hosts.yml", json.dumps({"all": {"hosts": addresses(pair)}}))
    site.write("password", PASSWORD + "\n")
    assert_both_stored(site, "-u", "backup", "--connection-password-file", "password")


def test_a_playbook_of_the_users_own_with_role_defaults_and_play_variables(pair: Lab, site: Site) -> None:
    site.write("hosts.yml", json.dumps({"all": {"hosts": addresses(pair)}}))
    roles = [f"netcellar.backup.{name}" for name in ("capture", "commit", "stamp", "verdict")]
    variables = {"ansible_user": "backup", "ansible_password": PASSWORD, "netcellar_paths": "own/{name}.{artifact}"}
    site.write(
        "own.yml", json.dumps([{"hosts": "all", "gather_facts": False, "vars": variables, "roles": roles}], indent=1)
    )
    done = site.run("ansible-playbook", "-i", "hosts.yml", "own.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"own/r1.running", "own/r2.running"} <= set(site.files)


@pytest.mark.parametrize(
    "settings",
    [
        {"ANSIBLE_TASK_TIMEOUT": "1"},
        {"ANSIBLE_STRATEGY": "free", "ANSIBLE_ANY_ERRORS_FATAL": "1", "ANSIBLE_FORKS": "1"},
    ],
    ids=["task timeout", "strategy"],
)
def test_settings_of_ansible_that_are_meant_for_one_host(pair: Lab, site: Site, settings: dict[str, str]) -> None:
    site.write("hosts.yml", pair.inventory())
    site.settings = settings
    pair.devices["r1"].delay = 0.4
    assert_both_stored(site)


def test_settings_of_a_group_reach_the_tasks_that_run_once(pair: Lab, site: Site) -> None:
    site.write("hosts.yml", pair.inventory())
    settings = {
        "netcellar_state": str(site.folder / "own-state"),
        "netcellar_mask_key": "a key that a group has",
        "netcellar_verdict": "notable",
        "netcellar_branch": "backup",
        "netcellar_host_keys": "learn",
    }
    site.write("group_vars/all.yml", json.dumps(settings))
    assert site.play().code == 0
    cellar = site.folder / "own-state" / "cellar.git"
    assert "backups/r1.running-config" in site.git("ls-tree", "-r", "--name-only", "backup", repository=cellar)
    again = site.play()
    assert (again.code, again.recap) == (0, {"r1": "ok"}), again.output


def test_limit_leaves_the_others_alone(pair: Lab, site: Site) -> None:
    site.write("hosts.yml", pair.inventory())
    played = site.play("--limit", "r2")
    assert (played.code, played.noise) == (0, []), played.output
    assert played.outcomes == {"r2": "stored"}
    assert pair.devices["r1"].tries == 0


def test_an_undefined_variable_rejects_that_host_alone(pair: Lab, site: Site) -> None:
    hosts = pair.hosts()
    hosts["r1"]["ansible_password"] = "{{ nowhere_defined }}"
    site.write("hosts.yml", json.dumps({"all": {"hosts": hosts}}))
    played = site.play()
    assert played.outcomes == {"r1": "rejected", "r2": "stored"}, played.output
    assert played.recap == {"r1": "failed", "r2": "changed"}
    assert "nowhere_defined" in played.records["r1"].message
    assert played.noise == []


def test_a_password_that_no_vault_secret_opens_rejects_that_host_alone(pair: Lab, site: Site) -> None:
    site.write("hosts.yml", json.dumps({"all": {"hosts": pair.hosts() | {"r1": addresses(pair)["r1"]}}}))
    site.write("host_vars/r1.yml", "ansible_user: backup\n" + vaulted(site, "ansible_password", PASSWORD))
    played = site.play()
    assert played.outcomes == {"r1": "rejected", "r2": "stored"}, played.output
    assert played.noise == []


def test_undefined_connection_variables_of_all_hosts_do_not_kill_the_batch(pair: Lab, site: Site) -> None:
    names = ("shell_type", "remote_tmp", "pipelining", "executable", "python_interpreter", "become_user", "timeout")
    broken = {f"ansible_{name}": "{{ nowhere_defined }}" for name in names} | {"ansible_connection": "network_cli"}
    site.write("hosts.yml", json.dumps({"all": {"hosts": pair.hosts(), "vars": broken}}))
    assert_both_stored(site)


def test_serial_goes_on_after_a_batch_of_dead_hosts(lab: OpenLab, site: Site) -> None:
    dead = [LabDevice(f"a-dead-{number}", "cisco_ios", fault="down") for number in range(3)]
    opened = lab(*dead, *(LabDevice(f"b-alive-{number}", "cisco_ios") for number in range(4)))
    site.know(opened)
    site.write("hosts.yml", opened.inventory())
    played = site.play(netcellar_serial=3)
    assert list(played.outcomes.values()) == ["unreachable"] * 3 + ["stored"] * 4, played.output
    assert list(played.recap.values()) == ["unreachable"] * 3 + ["changed"] * 4
    assert played.noise == []


def test_check_reads_the_devices_and_changes_nothing(pair: Lab, site: Site) -> None:
    site.write("hosts.yml", pair.inventory())
    first = site.play("--check")
    assert (first.code, first.noise) == (0, []), first.output
    assert pair.logins == 2
    assert first.outcomes == {"r1": "stored", "r2": "stored"}
    assert not site.repository.exists()

    site.play()
    tree, kept = site.git("rev-parse", "main"), contents(site)
    pair.change("r1", "hostname r1", "hostname r1\nno ip source-route")
    again = site.play("--check")
    assert again.code == 0, again.output
    assert again.recap == {"r1": "changed", "r2": "ok"}
    assert (site.git("rev-parse", "main"), contents(site)) == (tree, kept)


def contents(site: Site) -> dict[str, bytes]:
    """All files of the repository, ours too."""
    return {str(path): path.read_bytes() for path in site.repository.rglob("*") if path.is_file()}


def test_the_password_of_this_machine_is_shown_to_no_device(pair: Lab, site: Site) -> None:
    """Ansible offers a delegated task what the inventory says of this machine, as if it came from the command line."""
    here = {"ansible_connection": "local", "ansible_password": PASSWORD, "ansible_become_password": PASSWORD}
    users = {name: host | {"ansible_user": "backup"} for name, host in addresses(pair).items()}
    site.write("hosts.yml", json.dumps({"all": {"hosts": {"localhost": here}, "children": {"net": {"hosts": users}}}}))
    played = site.play("--limit", "net")
    assert played.outcomes == {"r1": "rejected", "r2": "rejected"}, played.output
    assert {record.error for record in played.records.values()} == {"no_credential"}
    assert pair.logins == 0


def test_a_default_that_the_first_host_overrides_is_still_that_of_the_others(pair: Lab, site: Site) -> None:
    hosts = pair.hosts()
    hosts["r1"] |= {"netcellar_paths": "own/{name}", "netcellar_artifacts": ["running"], "netcellar_device_timeout": 9}
    site.write("hosts.yml", json.dumps({"all": {"hosts": hosts}}))
    site.play()
    assert site.files == ["backups/r2.running-config", "backups/r2.startup-config", "own/r1"]


def test_an_old_device_is_read_without_a_word_about_it(lab: OpenLab, site: Site) -> None:
    devices = lab(LabDevice("old", "cisco_ios", fault="old"), LabDevice("new", "cisco_ios"))
    site.write("hosts.yml", devices.inventory())
    site.know(devices)
    refused = site.play()
    assert {host: record.error for host, record in refused.records.items()} == {"old": "refused", "new": None}

    hosts = devices.hosts()
    hosts["old"]["netcellar_ssh_algorithms"] = "legacy"
    site.write("hosts.yml", json.dumps({"all": {"hosts": hosts}}))
    played = site.play()

    assert played.outcomes == {"old": "stored", "new": "unchanged"}
    assert not played.noise
    assert "Warning" not in played.output


def test_an_option_that_an_action_does_not_have_is_refused(site: Site) -> None:
    site.write("hosts.yml", "all: {hosts: {r1: {ansible_host: 127.0.0.1, ansible_port: 1}}}\n")
    tasks = [
        {f"netcellar.backup.{name}": options, "delegate_to": "localhost", "ignore_errors": True}
        for name, options in (
            ("capture", {"trasnport": "ssh"}),
            ("capture", {"transport": "shh"}),
            ("hostkeys", {"x": 1}),
        )
    ]
    site.write("play.yml", json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    done = site.run("ansible-playbook", "-i", "hosts.yml", "play.yml", NETCELLAR_MASK_KEY="k" * 16)
    output = done.stdout + done.stderr
    assert "trasnport. Supported parameters include: transport" in output
    assert "value of transport must be one of: ssh, network_cli, got: shh" in output
    assert "hostkeys) module: x" in output, output
    assert site.runs() == set()
