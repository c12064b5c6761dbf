using System.Collections.Immutable;
using System.Globalization;
using System.Reflection.Metadata;

namespace Zerocopy.Packaging;

/// <summary>Types as the ids of documentation have them. Appendix D of the C# specification says how.</summary>
internal sealed class DocumentationNames : ISignatureTypeProvider<string, object?>
{
    internal static string NameOf(MetadataReader reader, TypeDefinition type)
    {
        string name = reader.GetString(type.Name);
        TypeDefinitionHandle outer = type.GetDeclaringType();
        return outer.IsNil
            ? Join(reader.GetString(type.Namespace), name)
            : Join(NameOf(reader, reader.GetTypeDefinition(outer)), name);
    }

    public string GetArrayType(string elementType, ArrayShape shape)
        => $"{elementType}[{string.Join(',', Enumerable.Repeat("0:", shape.Rank))}]";

    public string GetByReferenceType(string elementType) => elementType + "@";

    public string GetFunctionPointerType(MethodSignature<string> signature)
        => throw new NotSupportedException("A function pointer in the public surface has no documented id here.");

    /// <summary>The arguments stand where the number of parameters of each type does in the generic one.</summary>
    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments)
    {
        int next = 0;
        IEnumerable<string> parts = genericType.Split('.').Select(part =>
        {
            string[] name = part.Split('`');
            if (name.Length == 1)
            {
                return part;
            }

            int count = int.Parse(name[1], CultureInfo.InvariantCulture);
            string arguments = string.Join(',', typeArguments.Skip(next).Take(count));
            next += count;
            return $"{name[0]}{{{arguments}}}";
        });
        return string.Join('.', parts);
    }

    public string GetGenericMethodParameter(object? genericContext, int index) => $"``{index}";

    public string GetGenericTypeParameter(object? genericContext, int index) => $"`{index}";

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetPinnedType(string elementType) => elementType;

    public string GetPointerType(string elementType) => elementType + "*";

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => $"System.{typeCode}";

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        => NameOf(reader, reader.GetTypeDefinition(handle));

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        TypeReference type = reader.GetTypeReference(handle);
        string name = reader.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? Join(GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, rawTypeKind), name)
            : Join(reader.GetString(type.Namespace), name);
    }

    public string GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind)
        => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    private static string Join(string scope, string name) => scope.Length == 0 ? name : $"{scope}.{name}";
}
