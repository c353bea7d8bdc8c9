"""The extra variables of a run: what the project file says, by the names that the collection knows. No secret."""

from __future__ import annotations

from typing import Any

from .project import Job, Project


def variables_of(project: Project, job: Job, run_id: str, *, accept_change: bool = False) -> dict[str, Any]:
    """The extra vars of one run of a job. They win over the inventory's own variables, so only what is set is given."""
    repository = project.repositories[job.repository]
    values: dict[str, Any] = {
        "netcellar_run_id": run_id,
        "netcellar_state": str(project.state),
        "netcellar_repository": str(repository.path),
        "netcellar_branch": repository.branch,
        "netcellar_push": repository.push,
        "netcellar_remote": repository.remote or "",
        **job.settings,
    }
    if repository.signing_key:
        values["netcellar_signing_key"] = str(repository.signing_key)
    if accept_change:
        values["netcellar_accept_change"] = True
    if job.credentials:
        values["netcellar_credentials"] = list(job.credentials)
    if job.jump_credential:
        values["netcellar_jump_credential"] = job.jump_credential
    if project.nautobot:
        values["netcellar_nautobot_url"] = project.nautobot.url
        values["netcellar_nautobot_validate_certs"] = project.nautobot.verify
    return values
