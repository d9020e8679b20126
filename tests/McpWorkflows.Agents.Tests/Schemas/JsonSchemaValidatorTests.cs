using System.Text.Json;
using McpWorkflows.Agents.Schemas;

namespace McpWorkflows.Agents.Tests.Schemas;

public sealed class JsonSchemaValidatorTests
{
    /// <summary>Schema, value, and the pointers of the errors in order; none when valid.</summary>
    public static TheoryData<string, string, string> Cases => new()
    {
        { "true", "1", "" },
        { "false", "1", "#" },
        { "{}", "null", "" },
        { """{"type":"string"}""", "\"a\"", "" },
        { """{"type":"string"}""", "1", "#" },
        { """{"type":["string","null"]}""", "null", "" },
        { """{"type":["string","null"]}""", "1", "#" },
        { """{"type":"integer"}""", "1.0", "" },
        { """{"type":"integer"}""", "1.5", "#" },
        { """{"type":"number"}""", "1e3", "" },
        { """{"type":"boolean"}""", "\"true\"", "#" },
        { """{"enum":["a",1,null,{"x":[1]}]}""", """{"x":[1.0]}""", "" },
        { """{"enum":["a","b"]}""", "\"c\"", "#" },
        { """{"const":{"a":1}}""", """{"a":1}""", "" },
        { """{"const":1}""", "2", "#" },
        { """{"minLength":2,"maxLength":3}""", "\"a\"", "#" },
        { """{"minLength":2,"maxLength":3}""", "\"👋👋👋\"", "" },
        { """{"pattern":"^a+$"}""", "\"aa\"", "" },
        { """{"pattern":"^a+$"}""", "\"b\"", "#" },
        { """{"pattern":"(unreadable"}""", "\"b\"", "" },
        { """{"format":"email"}""", "\"not one\"", "" },
        { """{"minimum":1,"maximum":3}""", "0", "#" },
        { """{"minimum":1,"maximum":3}""", "3", "" },
        { """{"minimum":1,"maximum":3}""", "3.1", "#" },
        { """{"exclusiveMinimum":1,"exclusiveMaximum":2}""", "1", "#" },
        { """{"exclusiveMinimum":1,"exclusiveMaximum":2}""", "2", "#" },
        { """{"exclusiveMinimum":1,"exclusiveMaximum":2}""", "1.5", "" },
        { """{"multipleOf":0.1}""", "0.3", "" },
        { """{"multipleOf":0.1}""", "0.35", "#" },
        { """{"multipleOf":3}""", "10", "#" },
        { """{"required":["a","b"]}""", """{"a":1}""", "#/b" },
        { """{"required":["a"]}""", "[]", "" },
        { """{"properties":{"a":{"type":"string"}}}""", """{"a":1,"b":2}""", "#/a" },
        { """{"properties":{"a/b~c":{"type":"string"}}}""", """{"a/b~c":1}""", "#/a~1b~0c" },
        { """{"properties":{"a":{}},"additionalProperties":false}""", """{"a":1,"b":2,"c":3}""", "#/b #/c" },
        { """{"additionalProperties":{"type":"integer"}}""", """{"a":1,"b":"2"}""", "#/b" },
        { """{"patternProperties":{"^x":{"type":"integer"}},"additionalProperties":false}""", """{"x1":1,"x2":"a","y":1}""", "#/x2 #/y" },
        { """{"propertyNames":{"maxLength":1}}""", """{"a":1,"bb":1}""", "#/bb" },
        { """{"minProperties":1,"maxProperties":2}""", "{}", "#" },
        { """{"minProperties":1,"maxProperties":2}""", """{"a":1,"b":1,"c":1}""", "#" },
        { """{"dependentRequired":{"a":["b"]}}""", """{"a":1}""", "#/b" },
        { """{"dependentRequired":{"a":["b"]}}""", """{"c":1}""", "" },
        { """{"dependentSchemas":{"a":{"required":["b"]}}}""", """{"a":1}""", "#/b" },
        { """{"dependencies":{"a":["b"]}}""", """{"a":1}""", "#/b" },
        { """{"items":{"type":"integer"}}""", """[1,"2",3,"4"]""", "#/1 #/3" },
        { """{"items":false}""", "[1]", "#/0" },
        { """{"prefixItems":[{"type":"string"}],"items":{"type":"integer"}}""", """["a",1,"b"]""", "#/2" },
        { """{"prefixItems":[{"type":"string"}],"items":false}""", """["a",1]""", "#/1" },
        { """{"items":[{"type":"string"}],"additionalItems":false}""", """[1,2]""", "#/0 #/1" },
        { """{"minItems":1,"maxItems":2}""", "[]", "#" },
        { """{"minItems":1,"maxItems":2}""", "[1,2,3]", "#" },
        { """{"uniqueItems":true}""", """[{"a":1,"b":2},{"b":2,"a":1}]""", "#/1" },
        { """{"uniqueItems":true}""", "[1,true,\"1\"]", "" },
        { """{"contains":{"type":"string"}}""", "[1,2]", "#" },
        { """{"contains":{"type":"string"},"minContains":0}""", "[1,2]", "" },
        { """{"contains":{"type":"string"},"maxContains":1}""", """["a","b"]""", "#" },
        { """{"allOf":[{"minimum":1},{"maximum":2}]}""", "3", "#" },
        { """{"anyOf":[{"type":"string"},{"minimum":5}]}""", "6", "" },
        { """{"anyOf":[{"type":"string"},{"type":"object","properties":{"a":{"type":"integer"}}}]}""", """{"a":"x"}""", "# #/a" },
        { """{"oneOf":[{"minimum":1},{"minimum":2}]}""", "1", "" },
        { """{"oneOf":[{"minimum":1},{"minimum":2}]}""", "3", "#" },
        { """{"not":{"type":"string"}}""", "\"a\"", "#" },
        { """{"not":{"type":"string"}}""", "1", "" },
        { """{"if":{"properties":{"k":{"const":1}}},"then":{"required":["a"]},"else":{"required":["b"]}}""", """{"k":1}""", "#/a" },
        { """{"if":{"properties":{"k":{"const":1}}},"then":{"required":["a"]},"else":{"required":["b"]}}""", """{"k":2}""", "#/b" },
        { """{"$defs":{"n":{"type":"integer"}},"properties":{"a":{"$ref":"#/$defs/n"}}}""", """{"a":"x"}""", "#/a" },
        { """{"definitions":{"n m":{"type":"integer"}},"items":{"$ref":"#/definitions/n%20m"}}""", """[1,"x"]""", "#/1" },
        { """{"$defs":{"n":{"$anchor":"here","type":"integer"}},"items":{"$ref":"#here"}}""", """["x"]""", "#/0" },
        { """{"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """{"next":{"next":{"other":1}}}""", "#/next/next/other" },
        { """{"$ref":"#/$defs/missing"}""", "1", "" },
        { """{"$defs":{"a":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}""", "1", "#" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Validate_Cases_GiveErrorsAtTheirPlaces(string schema, string value, string expected)
    {
        var errors = new JsonSchemaValidator(JsonElement.Parse(schema)).Validate(JsonElement.Parse(value));

        Assert.Equal(expected, string.Join(' ', errors.Select(error => $"#{error.Path}")));
    }

    [Fact]
    public void Validate_ManyErrors_StopsAtTwenty()
    {
        var value = JsonElement.Parse($"[{string.Join(',', Enumerable.Repeat("\"x\"", 500))}]");

        Assert.Equal(20, new JsonSchemaValidator(JsonElement.Parse("""{"items":{"type":"integer"}}""")).Validate(value).Count);
    }

    [Fact]
    public void Message_SaysWhatIsWantedAndWhatWasGiven()
    {
        var errors = new JsonSchemaValidator(JsonElement.Parse("""{"properties":{"a":{"enum":["x","y"]}}}""")).Validate(JsonElement.Parse("""{"a":"z"}"""));

        Assert.Equal("""/a: must be one of ["x","y"], but is "z" """.Trim(), errors[0].ToString());
    }
}
