"""Runs the part of PowerShell that the script of `collect` is written in, with commands that Python functions replace.

The registries of packages have no PowerShell. The grammar is that of `tree-sitter-powershell`; the meaning of each
construct follows Microsoft's `about_*` pages. A construct that is not known here is an error, never skipped.
"""
import json
import re

import tree_sitter_powershell
from tree_sitter import Language, Parser


class Table(dict):
    """A hashtable. The keys keep their spelling and are found in any case."""

    def key(self, name):
        return next((key for key in self if key.lower() == str(name).lower()), None)

    def find(self, name):
        return self.get(self.key(name))

    def put(self, name, value):
        key = self.key(name)
        self[name if key is None else key] = value


class Record(Table):
    """An object that a command returns. A property that it lacks reads as `$null`."""


class Block:
    """A script block."""

    def __init__(self, node):
        self.node = node


class Failure(Exception):
    """A terminating error."""

    def __init__(self, message, identifier="", details=None):
        super().__init__(message)
        self.record = Record(
            {
                "Exception": Record({"Message": message}),
                "FullyQualifiedErrorId": identifier,
                "ErrorDetails": None if details is None else Record({"Message": details}),
            }
        )


class Returned(Exception):
    """`return` with the output so far."""


def text(value):
    """The value of an expression in a string in double quotes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, list):
        return " ".join(text(one) for one in value)
    if isinstance(value, Record) and "ToString" in value:
        return value["ToString"]
    return str(value)


def truth(value):
    if isinstance(value, list):
        return truth(value[0]) if len(value) == 1 else bool(value)
    return True if isinstance(value, Table) else bool(value)


def same(left, right):
    if left is None or right is None:
        return left is right
    if isinstance(left, bool):
        return left == truth(right)
    return text(left).lower() == text(right).lower()


def single(output):
    """What a variable receives: nothing, one object, or a list."""
    return None if not output else output[0] if len(output) == 1 else list(output)


def as_list(value):
    return value if isinstance(value, list) else [value]


class Interpreter:
    """One run of a script. `commands` maps names to functions of (parameters, positional arguments, input)."""

    def __init__(self, source, commands):
        self.source = source
        tree = Parser(Language(tree_sitter_powershell.language())).parse(source)
        if tree.root_node.has_error:
            raise SyntaxError("this script is not PowerShell")
        self.root = tree.root_node
        self.commands = {name.lower(): own for name, own in commands.items()}
        self.functions = {}
        self.scopes = [{"true": True, "false": False, "null": None}]

    def run(self, **variables):
        self.scopes.append({name.lower(): value for name, value in variables.items()})
        return self.statements(self.root)

    # ---- Helpers ------------------------------------------------------------------------------------------------

    def code(self, node):
        return self.source[node.start_byte : node.end_byte].decode()

    def unknown(self, node):
        line = node.start_point[0] + 1
        raise NotImplementedError(f"line {line}: {node.type}: {self.code(node)[:80]}")

    def variable(self, name):
        for scope in reversed(self.scopes):
            if name.lower() in scope:
                return scope[name.lower()]
        raise NameError(f"the variable ${name} was never assigned")

    # ---- Statements: each returns its output as a list ----------------------------------------------------------

    def statements(self, node):
        output = []
        for child in node.named_children:
            if child.type in ("comment", "param_block", "attribute_list"):
                continue
            try:
                output += self.statement(child)
            except Returned as returned:
                returned.args = (output + returned.args[0],)
                raise
        return output

    def statement(self, node):
        handler = getattr(self, "do_" + node.type, None)
        return handler(node) if handler else self.unknown(node)

    def do_program(self, node):
        return self.statements(node)

    do_statement_list = do_statement_block = do_script_block = do_script_block_body = do_program

    def do_function_statement(self, node):
        name = next(child for child in node.named_children if child.type == "function_name")
        self.functions[self.code(name).lower()] = node
        return []

    def do_empty_statement(self, node):
        return []

    def do_if_statement(self, node):
        children = node.named_children
        condition = next(child for child in children if child.type == "pipeline")
        block = next(child for child in children if child.type == "statement_block")
        if truth(single(self.pipeline(condition))):
            return self.statements(block)
        for child in children:
            if child.type == "else_clause":
                return self.statements(child.named_children[0])
            if child.type == "elseif_clauses":
                self.unknown(child)
        return []

    def do_foreach_statement(self, node):
        children = [child for child in node.named_children if child.type != "comment"]
        name, source, block = self.code(children[0])[1:].lower(), children[1], children[2]
        values = single(self.pipeline(source))
        output = []
        for value in [] if values is None else as_list(values):
            self.scopes[-1][name] = value
            try:
                output += self.statements(block)
            except Returned as returned:
                returned.args = (output + returned.args[0],)
                raise
        return output

    def do_while_statement(self, node):
        condition, block = [child for child in node.named_children if child.type != "comment"]
        output = []
        while truth(single(self.statement(condition))):
            output += self.statements(block)
        return output

    def do_while_condition(self, node):
        return self.pipeline(node.named_children[0])

    def do_try_statement(self, node):
        catch = finish = None
        for child in node.named_children:
            if child.type == "catch_clauses":
                catch = child.named_children[0].named_children[-1]
            elif child.type == "finally_clause":
                finish = child.named_children[0]
        output = []
        try:
            output += self.statements(node.named_children[0])
        except Failure as failure:
            if catch is None:
                raise
            self.scopes.append({"_": failure.record})
            scope = self.scopes.pop()
            outer = self.scopes[-1].get("_")
            self.scopes[-1].update(scope)
            output += self.statements(catch)
            self.scopes[-1]["_"] = outer
        finally:
            if finish is not None:
                output += self.statements(finish)
        return output

    def do_flow_control_statement(self, node):
        word = self.code(node).split()[0].lower()
        output = self.pipeline(node.named_children[0]) if node.named_children else []
        if word == "return":
            raise Returned(output)
        if word == "throw":
            raise Failure(text(single(output)))
        return self.unknown(node)

    # ---- Pipelines ----------------------------------------------------------------------------------------------

    def pipeline(self, node):
        if node.type != "pipeline":
            return self.unknown(node)
        first = node.named_children[0]
        if first.type == "assignment_expression":
            self.assign(first)
            return []
        return self.chain(first)

    do_pipeline = pipeline

    def chain(self, node):
        output = None
        for part in node.named_children:
            if part.type == "command":
                output = self.command(part, output or [])
            elif output is None:
                value = self.value(part)
                # A list is written to the pipeline element by element, and $null as itself.
                output = list(value) if isinstance(value, list) else [value]
            else:
                self.unknown(part)
        return output

    def assign(self, node):
        target, operator, source = [child for child in node.named_children if child.type != "comment"]
        value = self.result(source)
        while len(target.named_children) == 1 and target.type != "variable":
            target = target.named_children[0]
        if self.code(operator) == "+=":
            before = self.value(target)
            value = before + as_list(value) if isinstance(before, list) else before + value
        if target.type == "variable":
            self.scopes[-1][self.code(target)[1:].lower()] = value
        elif target.type == "member_access":
            self.value(target.named_children[0]).put(self.code(target.named_children[1]), value)
        elif target.type == "element_access":
            self.value(target.named_children[0]).put(self.value(target.named_children[1]), value)
        else:
            self.unknown(target)

    def result(self, node):
        """The value of a pipeline on the right of an assignment: an array of an expression stays one."""
        part = node.named_children[0]
        if part.type == "pipeline_chain" and len(part.named_children) == 1 and part.named_children[0].type != "command":
            return self.value(part.named_children[0])
        return single(self.pipeline(node))

    def command(self, node, given):
        name = self.code(node.named_children[0])
        parameters, positional, pending = {}, [], None
        elements = [child for child in node.named_children[1:] if child.type == "command_elements"]
        for part in elements[0].named_children if elements else []:
            if part.type == "command_argument_sep":
                continue
            if part.type == "command_parameter":
                pending = self.code(part)[1:].rstrip(":").lower()
                parameters[pending] = True
                continue
            value = self.code(part) if part.type == "generic_token" else self.value(part)
            if pending is None or self.is_switch(name, pending):
                positional.append(value)
            else:
                parameters[pending] = value
            pending = None
        if name.lower() in self.functions:
            return self.call(self.functions[name.lower()], parameters, positional)
        return self.builtin(name, parameters, positional, given)

    def is_switch(self, name, parameter):
        return parameter in ("listavailable", "nowelcome", "unique", "off", "force", "retrieveewsoperationaccesspolicy")

    def call(self, function, parameters, positional):
        block = next(child for child in function.named_children if child.type == "script_block")
        declared = []
        for child in block.named_children:
            if child.type == "param_block":
                for parameter in self.all_of(child, "script_parameter"):
                    kind = self.all_of(parameter, "type_identifier")
                    name = self.code(self.all_of(parameter, "variable")[0])[1:].lower()
                    declared.append((name, self.code(kind[0]).lower() if kind else None))
        unknown = set(parameters) - {name for name, _ in declared}
        if unknown:
            raise TypeError(f"{unknown} are not parameters of {self.code(function)[:40]}")
        scope = {}
        for name, kind in declared:
            value = parameters[name] if name in parameters else positional.pop(0) if positional else None
            scope[name] = text(value) if kind == "string" else value
        if positional:
            raise TypeError(f"too many arguments for {self.code(function)[:40]}")
        self.scopes.append(scope)
        try:
            return self.statements(block)
        except Returned as returned:
            return returned.args[0]
        finally:
            self.scopes.pop()

    def all_of(self, node, kind):
        found = [node] if node.type == kind else []
        for child in node.named_children:
            found += self.all_of(child, kind)
        return found

    def builtin(self, name, parameters, positional, given):
        word = name.lower()
        if word in ("where-object", "foreach-object"):
            output = []
            for one in given:
                self.scopes.append({"_": one})
                result = self.statements(positional[0].node)
                self.scopes.pop()
                output += result if word == "foreach-object" else [one] if truth(single(result)) else []
            return output
        if word == "select-object":
            if "unique" in parameters:
                return list(dict.fromkeys(given))
            if "first" in parameters:
                return given[: int(parameters["first"])]
            return given[-int(parameters["last"]) :]
        if word not in self.commands:
            raise Failure(f"The term '{name}' is not recognized", "CommandNotFoundException")
        return self.commands[word](parameters, positional)

    # ---- Expressions: each returns one value --------------------------------------------------------------------

    def value(self, node):
        children = [child for child in node.named_children if child.type != "comment"]
        handler = getattr(self, "of_" + node.type, None)
        if handler:
            return handler(node, children)
        if len(children) == 1 and node.type.endswith(("_expression", "pipeline_chain", "pipeline", "string_literal")):
            return self.value(children[0])
        return self.unknown(node)

    def of_pipeline(self, node, children):
        return single(self.pipeline(node))

    def of_variable(self, node, children):
        return self.variable(self.code(node)[1:])

    def of_integer_literal(self, node, children):
        return int(self.code(node))

    def of_verbatim_string_characters(self, node, children):
        return re.sub("(['\u2018\u2019\u201a\u201b]){2}", r"\1", self.code(node)[1:-1])

    def of_expandable_string_literal(self, node, children):
        result, at = "", node.start_byte + 1
        for child in children:
            result += self.source[at : child.start_byte].decode()
            result += text(self.value(child))
            at = child.end_byte
        return result + self.source[at : node.end_byte - 1].decode()

    def of_sub_expression(self, node, children):
        return single(self.statements(node))

    def of_parenthesized_expression(self, node, children):
        return self.result(children[0])

    def of_array_expression(self, node, children):
        return self.statements(node)

    def of_array_literal_expression(self, node, children):
        return self.value(children[0]) if len(children) == 1 else [self.value(child) for child in children]

    def of_argument_list(self, node, children):
        return [self.value(child) for child in children[0].named_children] if children else []

    def of_script_block_expression(self, node, children):
        return Block(children[0])

    def of_hash_literal_expression(self, node, children):
        table = Table()
        for entry in self.all_entries(children):
            key, value = [child for child in entry.named_children if child.type != "comment"]
            table.put(self.code(key), self.result(value))
        return table

    def all_entries(self, children):
        return [entry for child in children for entry in child.named_children if entry.type == "hash_entry"]

    def of_cast_expression(self, node, children):
        kind, value = self.code(children[0])[1:-1].lower(), self.value(children[1])
        casts = {"ordered": lambda own: own, "long": int, "string": text}
        return casts[kind](value)

    def of_expression_with_unary_operator(self, node, children):
        if len(children) == 1 and self.code(node).lower().startswith("-not"):
            return not truth(self.value(children[0]))
        return self.value(children[0]) if len(children) == 1 and children[0].type == "cast_expression" else self.unknown(node)

    def of_member_access(self, node, children):
        owner, name = self.value(children[0]), self.code(children[1]).strip("'")
        if isinstance(owner, list):
            return len(owner) if name.lower() == "count" else self.unknown(node)
        if isinstance(owner, Table):
            if name.lower() == "psobject":
                # A property exists also where its value is $null.
                return Record({"Properties": Record({key: Record() for key in owner})})
            if name.lower() == "keys" and owner.key("keys") is None:
                return list(owner)
            return owner.find(name)
        if owner is None:
            return None
        return len(owner) if name.lower() == "length" else self.unknown(node)

    def of_element_access(self, node, children):
        owner, index = self.value(children[0]), self.value(children[1])
        if owner is None:
            raise Failure("Cannot index into a null array.")
        return owner.find(index) if isinstance(owner, Table) else owner[index] if index < len(owner) else None

    def of_invokation_expression(self, node, children):
        owner, name = self.value(children[0]), self.code(children[1]).lower()
        arguments = self.value(children[2])
        if name == "contains" and isinstance(owner, Table):
            return owner.key(arguments[0]) is not None
        if name == "trim":
            return owner.strip()
        if name == "substring":
            return owner[arguments[0] :][: arguments[1] if len(arguments) > 1 else None]
        if name == "touniversaltime":
            return owner
        if name == "tostring" and arguments == ["s"]:
            return owner["sortable"]
        return self.unknown(node)

    def binary(self, node, children):
        if len(children) == 1:
            return self.value(children[0])
        left, right = children[0], children[-1]
        between = self.source[left.end_byte : right.start_byte].decode().strip().lower()
        first = self.value(left)
        if between in ("-and", "-or"):
            return truth(first) and truth(self.value(right)) if between == "-and" else truth(first) or truth(self.value(right))
        if between == "-is":
            return isinstance(first, Record) and first.get("kind") == self.code(right)[1:-1].lower()
        return self.operate(node, between, first, self.value(right))

    of_logical_expression = of_comparison_expression = of_additive_expression = of_format_expression = binary
    of_bitwise_expression = binary
    of_logical_argument_expression = of_comparison_argument_expression = of_additive_argument_expression = binary

    def operate(self, node, operator, left, right):
        if operator in ("-eq", "-ne"):
            if isinstance(left, list):
                self.unknown(node)
            return same(left, right) == (operator == "-eq")
        if operator == "-gt":
            return left > right
        if operator == "-contains":
            return any(same(one, right) for one in as_list(left))
        if operator == "-match":
            return re.search(right, text(left), re.IGNORECASE) is not None
        if operator == "-split":
            return re.split(right, text(left))
        if operator == "-replace":
            return re.sub(right[0], lambda _: right[1], text(left))
        if operator == "-join":
            return right.join(text(one) for one in as_list(left) if left is not None)
        if operator == "-f":
            values = as_list(right)
            return re.sub(r"\{(\d)\}", lambda found: text(values[int(found[1])]), left)
        if operator == "+":
            return left + as_list(right) if isinstance(left, list) else text(left) + text(right)
        return self.unknown(node)


def to_json(value):
    """What ConvertTo-Json writes for a value."""
    return json.dumps(value, ensure_ascii=True)
