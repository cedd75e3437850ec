"""The contract as an OpenAPI document, for tools that know schemas only.

Usage: python benchmarks/openapi.py      (writes benchmarks/openapi.json)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cartfuzz.contract import ContractVersion, Entity, schema

PATH = Path(__file__).parent / "openapi.json"


def document(version: ContractVersion = ContractVersion.V2_5_1) -> dict[str, Any]:
    """An OpenAPI 3.1 document of the endpoints of ``version``."""
    text = json.dumps(schema(version, Entity.INTEGRATION_REQUEST)["$defs"])
    entities = json.loads(text.replace("#/$defs/", "#/components/schemas/"))
    session = "/v2/customer_sessions/{customerSessionId}"
    update, read = Entity.INTEGRATION_STATE, Entity.SESSION_RESPONSE
    return {
        "openapi": "3.1.0",
        "info": {"title": "Customer sessions", "version": version.value},
        "security": [{"key": []}],
        "paths": {
            session: {
                "parameters": [_path_parameter()],
                "put": _operation("update", update, Entity.INTEGRATION_REQUEST),
                "get": _operation("get", read),
            },
            f"{session}/returns": {
                "parameters": [_path_parameter()],
                "post": _operation("return", update, Entity.RETURN_REQUEST),
            },
        },
        "components": {
            "schemas": entities,
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


def _path_parameter() -> dict[str, Any]:
    return {
        "name": "customerSessionId",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }


def _operation(name: str, answer: Entity, body: Entity | None = None) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name,
        "responses": {
            "200": _content("The session.", answer),
            **{
                status: _content("Refused.", Entity.ERROR_RESPONSE)
                for status in ("400", "401", "404", "405", "409")
            },
        },
    }
    if body is not None:
        operation["requestBody"] = {"required": True, **_content("", body)}
        operation["parameters"] = [
            {"name": "dry", "in": "query", "required": False, "schema": {"type": "boolean"}}
        ]
    return operation


def _content(description: str, entity: Entity) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{entity.value}"}
    content = {"content": {"application/json": {"schema": reference}}}
    return {"description": description, **content} if description else content


if __name__ == "__main__":
    PATH.write_text(json.dumps(document(), indent=2) + "\n", encoding="utf-8")
