"""Materials in a request, and the files that they refer to."""

from collections.abc import Sequence

from bianmin.kit.refusals import FieldError, Invalid
from services.intake.api.bodies import MaterialIn
from services.intake.domain.case_parts import SubmittedMaterial


class FilesNotOffered(Invalid):
    """A file is referred to, but files cannot be uploaded yet."""

    slug, title = "file-unknown", "没有这个文件"


def submitted_materials(materials: Sequence[MaterialIn]) -> tuple[SubmittedMaterial, ...]:
    """The materials of a request. Raises `FilesNotOffered` where one refers to a file."""
    if with_file := [f"/materials/{n}/file_id" for n, each in enumerate(materials) if each.file_id is not None]:
        raise files_not_offered(with_file)
    return tuple(SubmittedMaterial(material.no, material.form) for material in materials)


def files_not_offered(pointers: Sequence[str]) -> FilesNotOffered:
    """The refusal that names each field which refers to a file."""
    errors = [FieldError(pointer, "file_unknown", "没有这个文件；请先上传") for pointer in pointers]
    return FilesNotOffered("引用的文件不存在；文件上传尚未开通，请去掉文件编号。", errors=errors)
