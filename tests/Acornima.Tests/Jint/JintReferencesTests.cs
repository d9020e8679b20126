using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Acornima.Tests.Jint;

/// <summary>
/// Jint.dll is compiled against another assembly of this name: a member that is missing here, or looks different,
/// would only show as a MissingMethodException when a script happens to need it.
/// </summary>
public sealed class JintReferencesTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly s_parser = typeof(Parser).Assembly;

    [Fact]
    public void Assembly_HasTheIdentityThatJintAsksFor()
    {
        using var jint = OpenJint();
        var metadata = jint.GetMetadataReader();
        var reference = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference)
            .Single(r => metadata.GetString(r.Name) == "Acornima");

        Assert.Equal(reference.Version, s_parser.GetName().Version);
        Assert.Equal(
            metadata.GetBlobBytes(reference.PublicKeyOrToken),
            s_parser.GetName().GetPublicKeyToken());
    }

    [Fact]
    public void Types_AllExistAndAreOfTheRightKind()
    {
        using var jint = OpenJint();
        var metadata = jint.GetMetadataReader();
        var provider = new TypeProvider();
        CollectKinds(metadata, provider);
        var missing = new List<string>();
        var count = 0;
        foreach (var handle in metadata.TypeReferences)
        {
            var name = provider.GetTypeFromReference(metadata, handle, 0);
            if (!name.StartsWith("Acornima.", StringComparison.Ordinal))
            {
                continue;
            }

            count++;
            var type = s_parser.GetType(name);
            if (type is null || !(type.IsPublic || type.IsNestedPublic))
            {
                missing.Add(name);
            }
            else if (provider.Kinds.TryGetValue(name, out var isValueType) && isValueType != type.IsValueType)
            {
                missing.Add($"{name}: {(isValueType ? "struct" : "class")} expected");
            }
        }

        Assert.Empty(missing);
        Assert.True(count > 100);
    }

    [Fact]
    public void Members_AllExistWithTheSameSignature()
    {
        using var jint = OpenJint();
        var metadata = jint.GetMetadataReader();
        var provider = new TypeProvider();
        var missing = new List<string>();
        var count = 0;
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            var parent = member.Parent.Kind switch
            {
                HandleKind.TypeReference => provider.GetTypeFromReference(metadata, (TypeReferenceHandle)member.Parent, 0),
                HandleKind.TypeSpecification =>
                    metadata.GetTypeSpecification((TypeSpecificationHandle)member.Parent).DecodeSignature(provider, null),
                _ => string.Empty,
            };
            if (!parent.StartsWith("Acornima.", StringComparison.Ordinal))
            {
                continue;
            }

            count++;
            var type = s_parser.GetType(parent.Split('<')[0]);
            var expected = Describe(metadata, member, provider);
            var found = type?.GetMembers(Everything).Where(IsAccessible).Select(Describe) ?? [];
            if (!found.Contains(expected, StringComparer.Ordinal))
            {
                missing.Add($"{parent}: {expected}");
            }
        }

        Assert.Empty(missing);
        Assert.True(count > 200);
    }

    [Fact]
    public void Overrides_AllHaveAVirtualMethodToOverride()
    {
        var jint = Assembly.LoadFrom(JintPath());
        var derived = jint.GetTypes().Where(t => t.BaseType?.Assembly == s_parser).ToList();

        // A type whose override fits nothing does not load at all.
        Assert.NotEmpty(derived);
        Assert.All(derived, type => Assert.NotEmpty(type.GetMethods(Everything)));
    }

    private static PEReader OpenJint() => new(File.OpenRead(JintPath()));

    private static string JintPath() => typeof(global::Jint.Engine).Assembly.Location;

    private static void CollectKinds(MetadataReader metadata, TypeProvider provider)
    {
        foreach (var handle in metadata.MemberReferences)
        {
            Describe(metadata, metadata.GetMemberReference(handle), provider);
        }

        foreach (var handle in metadata.MethodDefinitions)
        {
            metadata.GetMethodDefinition(handle).DecodeSignature(provider, null);
        }
    }

    private static string Describe(MetadataReader metadata, MemberReference member, TypeProvider provider)
    {
        var name = metadata.GetString(member.Name);
        if (member.GetKind() == MemberReferenceKind.Field)
        {
            return $"{member.DecodeFieldSignature(provider, null)} {name}";
        }

        var signature = member.DecodeMethodSignature(provider, null);
        var prefix = signature.Header.IsInstance ? string.Empty : "static ";
        return $"{prefix}{signature.ReturnType} {name}`{signature.GenericParameterCount}({string.Join(", ", signature.ParameterTypes)})";
    }

    private static bool IsAccessible(MemberInfo member) => member switch
    {
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        _ => false,
    };

    private static string Describe(MemberInfo member)
    {
        if (member is FieldInfo field)
        {
            return $"{Name(field.FieldType)} {field.Name}";
        }

        var method = (MethodBase)member;
        var parameters = string.Join(", ", method.GetParameters().Select(Describe));
        var returns = method is MethodInfo info ? Describe(info.ReturnParameter) : "System.Void";
        var arity = method.IsGenericMethodDefinition ? method.GetGenericArguments().Length : 0;
        return $"{(method.IsStatic ? "static " : string.Empty)}{returns} {method.Name}`{arity}({parameters})";
    }

    private static string Describe(ParameterInfo parameter)
        => Name(parameter.ParameterType) + string.Concat(parameter.GetRequiredCustomModifiers().Select(m => $" mod({m.FullName})"));

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!) + "&";
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (type.IsGenericMethodParameter)
        {
            return $"!!{type.GenericParameterPosition}";
        }

        if (type.IsGenericTypeParameter)
        {
            return $"!{type.GenericParameterPosition}";
        }

        return type.IsGenericType
            ? $"{type.GetGenericTypeDefinition().FullName}<{string.Join(",", type.GetGenericArguments().Select(Name))}>"
            : type.FullName!;
    }

    /// <summary>Spells types like <see cref="Name"/>.</summary>
    private sealed class TypeProvider : ISignatureTypeProvider<string, object?>
    {
        public Dictionary<string, bool> Kinds { get; } = new(StringComparer.Ordinal);

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeReference(handle);
            var name = reader.GetString(type.Name);
            if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            {
                name = $"{GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0)}+{name}";
            }
            else if (!type.Namespace.IsNil)
            {
                name = $"{reader.GetString(type.Namespace)}.{name}";
            }

            if (rawTypeKind != 0)
            {
                Kinds[name] = rawTypeKind == (byte)SignatureTypeKind.ValueType;
            }

            return name;
        }

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => "(Jint)";

        public string GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte rawTypeKind)
            => reader.GetTypeSpecification(handle).DecodeSignature(this, context);

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[,]";

        public string GetByReferenceType(string elementType) => elementType + "&";

        public string GetPointerType(string elementType) => elementType + "*";

        public string GetPinnedType(string elementType) => elementType;

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments)
            => $"{genericType}<{string.Join(",", typeArguments)}>";

        public string GetGenericMethodParameter(object? context, int index) => $"!!{index}";

        public string GetGenericTypeParameter(object? context, int index) => $"!{index}";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => $"{unmodifiedType} mod({modifier})";

        public string GetFunctionPointerType(MethodSignature<string> signature) => "(function)";

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode == PrimitiveTypeCode.Void ? "System.Void" : $"System.{typeCode}";
    }
}
