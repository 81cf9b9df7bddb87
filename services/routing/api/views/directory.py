"""Views of the directory: orgs, their offices, their staff."""

from typing import Annotated

from pydantic import Field

from bianmin.domain.labels_zh import ORG_LEVELS, ROLES
from bianmin.events.parts import Dept, OrgLevel
from bianmin.kit.fields import CENTER_ORG, DEPT_VALUES, OFFICE_ORG, STAFF_ID, values_of
from services.routing.api.views.state_view import StateView
from services.routing.domain.directory.staff import StaffRole


class ImportedOrgsView(StateView):
    """How many orgs an import created, changed, and found unchanged."""

    created: Annotated[int, Field(description="新设的机构数，个", examples=[14])]
    changed: Annotated[int, Field(description="更改了名称的机构数，个", examples=[1])]
    unchanged: Annotated[int, Field(description="没有变化的机构数，个", examples=[102])]


class OfficeView(StateView):
    """A functional office of an org."""

    dept: Annotated[Dept, Field(description=f"条线：{DEPT_VALUES}", examples=["market"])]
    name: Annotated[str, Field(description="办理单位的名称", examples=["修文县市场监督管理局"])]
    phone: Annotated[str | None, Field(description="对外公布的电话；没有的为 null", examples=["0851-82372345"])]


class OrgSummaryView(StateView):
    """An org in a list."""

    code: Annotated[str, Field(description="区划代码，2、4、6、9、12 或 14 位数字", examples=[CENTER_ORG])]
    level: Annotated[OrgLevel, Field(description=f"级别：{values_of(ORG_LEVELS)}", examples=["township"])]
    name: Annotated[str, Field(description="机构名称", examples=["六广镇"])]
    parent: Annotated[str | None, Field(description="上级机构的区划代码；省级为 null", examples=[OFFICE_ORG])]


class OrgView(OrgSummaryView):
    """An org with its offices."""

    offices: Annotated[
        list[OfficeView],
        Field(
            description="下设的办理单位；村站和服务点自身就是办理单位，列表为空",
            examples=[[{"dept": "civil", "name": "六广镇社会事务办公室", "phone": "0851-82372300"}]],
        ),
    ]


class StaffView(StateView):
    """A member of staff."""

    id: Annotated[str, Field(description="人员编号，即登录凭证中的 sub", examples=[STAFF_ID])]
    org: Annotated[str, Field(description="所在机构的区划代码", examples=[OFFICE_ORG])]
    dept: Annotated[Dept | None, Field(description=f"所在条线；不属条线的为 null：{DEPT_VALUES}", examples=["market"])]
    name: Annotated[str, Field(description="姓名", examples=["李娟"])]
    roles: Annotated[
        list[StaffRole],
        Field(description=f"角色：{values_of(ROLES)}；能办什么由登录凭证决定", examples=[["department"]]),
    ]
    phone: Annotated[str | None, Field(description="工作电话；没有登记的为 null", examples=["0851-82372345"])]
