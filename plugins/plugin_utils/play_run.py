# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The run that a play belongs to, asked before the play starts, by lookups in its ``hosts``."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.lookup import LookupBase

from ..module_utils.errors import NetcellarError
from .host_pattern import hosts_of_play
from .run import RUN_ID, RunFolder


@dataclass(frozen=True, slots=True)
class PlayRun:
    """The hosts that a play's patterns match, and the run, whose variables are those of the first of them."""

    patterns: Sequence[str]
    hosts: Sequence[str]
    _known: Mapping[str, Any] = field(repr=False)
    _templar: Any = field(repr=False)

    @classmethod
    def of(cls, patterns: Sequence[str], loader: DataLoader, known: Mapping[str, Any], templar: Any) -> PlayRun:
        """For a lookup in ``hosts``, with what it is given. Raises NetcellarError where no host matches."""
        return cls(patterns, hosts_of_play(patterns, loader, known), known, templar)

    @property
    def folder(self) -> RunFolder:
        """The run's folder. Raises NetcellarError for a run id that cannot be one."""
        return RunFolder.of(Path(self.value("state")), self.value("run_id") or RUN_ID)

    def value(self, name: str) -> Any:
        """A variable of the host, else of the play: role defaults and play variables are not among a host's own."""
        own, key = self._known["hostvars"][self.hosts[0]], f"netcellar_{name}"
        return own[key] if key in own else self._templar.template(self._known.get(key))


class PlayLookup(LookupBase):  # type: ignore[misc]  # ansible-core tells no types
    """A lookup that makes the host pattern of a play from the run so far.

    ``without_run`` is the pattern where there is no run; None is the one that was given.
    """

    without_run: str | None = None

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Return one pattern. Raises AnsibleError where the terms match no host."""
        self.set_options(var_options=variables, direct=kwargs)
        known = variables or {}
        # Ansible has no host variables where it only lists hosts or checks the syntax.
        if "hostvars" not in known:
            return [self.without_run] if self.without_run else terms
        try:
            return [self.pattern(PlayRun.of(terms, self._loader, known, self._templar))]
        except NetcellarError as error:
            raise AnsibleError(str(error)) from error

    @abstractmethod
    def pattern(self, play: PlayRun) -> str:
        """The pattern. Raises NetcellarError."""
