# Copyright (c) 2026 The Netcellar maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What holds for every action of the collection: it runs on the controller, and its module is documentation only."""

from __future__ import annotations


class ModuleDocFragment:
    """For ``extends_documentation_fragment: netcellar.backup.on_controller``, before the fragment of Ansible's own."""

    DOCUMENTATION = r"""
attributes:
  diff_mode:
    description: Shows no differences.
    support: none
  platform:
    platforms: posix
    support: full
"""
