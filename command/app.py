"""The command line `bianmin`. Its `--help` is the manual."""

import os
from typing import Annotated, Literal

import typer

from bianmin.domain.actors import ROLES
from command import parked
from command.options import Data, Port, ServiceName, errors, run, settings_or_exit
from command.output import prepare_streams, print_document

app = typer.Typer(
    name="bianmin",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="""
    便民：县乡村便民服务的办件、流转、时限、投诉与统计。

    第一次使用：`bianmin demo` 载入一个真实的县，演完一个工作周；`bianmin up` 启动全部服务。
    不设置任何变量时以开发环境（`BIANMIN_ENV=dev`）运行，数据放在 `var/` 下的私有 PostgreSQL 中。
    出了问题先运行 `bianmin doctor`，它说明哪里不对、怎么办。
    """,
)
app.add_typer(parked.app, name="parked")


@app.command()
def up(port: Port = None, data: Data = None) -> None:
    """启动全部五个服务：一个进程，一个端口，私有 PostgreSQL。Ctrl-C 结束，数据保留。

    `/readyz` 返回 200 即可使用；接口说明在 `/docs`。例：`bianmin up --port 8000 --data var`
    """
    from command.serving import serve_services

    run(serve_services(settings_or_exit(port=port, data=data)))


@app.command()
def serve(
    service: Annotated[ServiceName, typer.Argument(help="服务名")],
    port: Port = None,
    data: Data = None,
) -> None:
    """只启动一个服务（生产环境每个服务一个进程，由网关合并到一个地址）。

    先用 `bianmin migrate` 建好数据库和主题。例：`bianmin serve intake --port 8001`
    """
    from command.serving import serve_services

    run(serve_services(settings_or_exit(port=port, data=data), only=service))


Target = Literal["all", "databases", "topics", ServiceName]


@app.command()
def migrate(
    target: Annotated[Target, typer.Argument(help="全部、数据库、主题，或一个服务")] = "all",
    data: Data = None,
) -> None:
    """把数据库结构升级到最新版本，并建立事件主题。可重复运行；多个同时运行时依次进行。"""
    from command.prepare import prepare

    run(prepare(settings_or_exit(data=data), target))


@app.command()
def token(
    role: Annotated[str, typer.Option(help="角色：" + "、".join(sorted(ROLES)))],
    org: Annotated[str, typer.Option(help="所属机构的区划代码")],
    dept: Annotated[str | None, typer.Option(help="所属条线，如 civil；不填为全部")] = None,
    sub: Annotated[str | None, typer.Option(help="人员编号；不填则由角色、机构、条线组成")] = None,
    hours: Annotated[float, typer.Option(min=0.01, max=8760, help="有效小时数")] = 12,
    data: Data = None,
) -> None:
    """签发一个登录凭证，打印在最后一行。例：`bianmin token --role window --org 520111101 --dept civil`"""
    from command.tokens import issue_token

    settings = settings_or_exit(data=data)
    token = issue_token(settings, role, org, dept, sub, hours)
    if (secret_file := settings.token_secret_file()) is not None:
        errors.print(
            f"用 {secret_file} 的密钥签发；服务须以同一个数据目录启动（--data {secret_file.parent}）。",
            highlight=False,
            soft_wrap=True,
        )
    print(token)


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="演完后继续服务，Ctrl-C 结束")] = False,
    cases: Annotated[int, typer.Option(min=10, max=20000, help="办件数")] = 500,
    port: Port = None,
    data: Data = None,
) -> None:
    """载入一个真实的县（乡镇、村、事项、办理单位、人员），只通过 HTTP 接口演完一个工作周，最后打印统计表。

    不指定数据目录时用完即弃；`--keep` 时数据留在 `var/`（或 `--data`），演完继续服务，之后 `bianmin up` 也能看到。
    """
    from command.demo.run import run_demo

    data_given = data is not None or "BIANMIN_DATA" in os.environ
    run(run_demo(settings_or_exit(port=port, data=data), case_count=cases, keep=keep, data_given=data_given))


@app.command()
def doctor(data: Data = None) -> None:
    """检查设置、数据库、事件通道、日历、积压，逐项说明哪里不对、怎么办。全部正常返回 0，否则返回 1。"""
    from command.doctor import print_findings

    raise typer.Exit(run(print_findings(settings_or_exit(data=data))))


@app.command()
def reconcile(data: Data = None, as_json: Annotated[bool, typer.Option("--json", help="以 JSON 打印")] = False) -> None:
    """核对全部事件：有没有丢失、重复、乱序。0：没有；1：有，逐条列出；2：无法核对。"""
    from command.reconcile import print_differences

    raise typer.Exit(run(print_differences(settings_or_exit(data=data), as_json=as_json)))


@app.command()
def openapi(
    service: Annotated[ServiceName | None, typer.Argument(help="只要一个服务的")] = None,
) -> None:
    """打印接口说明（OpenAPI 3.1）。"""
    from bianmin.kit.docs import describe
    from command.deployment import services_named

    print_document(describe(services_named(service)))


@app.command()
def asyncapi() -> None:
    """打印事件说明（AsyncAPI 3）。"""
    from bianmin.events.asyncapi import document

    print_document(document())


@app.command(add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context) -> None:
    """测量性能，以同一次运行中的比值表示。`bianmin bench --help` 列出各项。"""
    from bench.run import main as run_benches

    raise typer.Exit(run_benches(context.args))


def main() -> None:
    """Run the command line."""
    prepare_streams()
    app()


if __name__ == "__main__":
    main()
