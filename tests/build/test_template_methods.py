"""Which methods templates may call in the engine: what the list takes from sources."""

import importlib.machinery
import importlib.util
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "images/engine/template-methods"
FOR_USERS = "github.com/docker/cli/cli/command/formatter"


@pytest.fixture(scope="module")
def names_of():
    loader = importlib.machinery.SourceFileLoader("template_methods", str(PROGRAM))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module.names_of


@pytest.mark.parametrize(
    ("method", "kept"),
    [
        ("func (c *ContainerContext) ID() string {", True),
        ("func (c *ContainerContext) Label(name string) string {", True),
        ("func (c Context[T]) Ports() map[string]any {", True),
        ("func (c *Context) Size() (string, error) {", True),
        ("func (c *Context) Close() error {", False),
        ("func (c *Context) Write(p []byte) (int, error) {", False),
        ("func (c *Context) hidden() string {", False),
        ("func Exported() string {", False),
    ],
)
def test_methods_that_templates_of_users_may_call(names_of, method, kept):
    assert bool(names_of(FOR_USERS, False, f"package x\n\n{method}\n")) is kept
    assert names_of("example.org/other", False, f"{method}\n") == set()


def test_names_in_templates_of_a_program(names_of):
    source = (
        "x = `{{if .HasExample}}{{.Example}}{{end}} {{range .Commands}}{{rpad .Name 3}}{{end}}`"
    )
    expected = {"HasExample", "Example", "Commands", "Name"}
    assert names_of("example.org/any", True, source) == expected
    assert names_of("example.org/any", False, source) == set()
    assert names_of("net/rpc", True, source) == set()
