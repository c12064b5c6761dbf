using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Zerocopy.Packaging;

/// <summary>What the users of a library can name, by the ids that the compiler gives to documentation.</summary>
internal sealed class VisibleMembers(PEReader library)
{
    private const string Constructor = ".ctor";

    private readonly MetadataReader _reader = library.GetMetadataReader();
    private readonly DocumentationNames _names = new();

    internal IEnumerable<string> Ids()
        => _reader.TypeDefinitions.Select(_reader.GetTypeDefinition).Where(IsVisible).SelectMany(IdsOf);

    private IEnumerable<string> IdsOf(TypeDefinition type)
    {
        string name = DocumentationNames.NameOf(_reader, type);
        bool hasHeirs = !type.Attributes.HasFlag(TypeAttributes.Sealed); // Otherwise protected is as good as private.
        IEnumerable<string> fields = type.GetFields().Select(_reader.GetFieldDefinition)
            .Where(field => IsVisible(field.Attributes, hasHeirs))
            .Select(field => $"F:{name}.{_reader.GetString(field.Name)}");
        IEnumerable<string> methods = type.GetMethods().Select(_reader.GetMethodDefinition)
            .Where(method => IsVisible(method.Attributes, hasHeirs))
            .Select(method => IdOf(name, method));
        IEnumerable<string> properties = type.GetProperties().Select(_reader.GetPropertyDefinition)
            .Where(property => IsVisible(property, hasHeirs))
            .Select(property => IdOf(name, property));
        IEnumerable<string> events = type.GetEvents().Select(_reader.GetEventDefinition)
            .Where(@event => IsVisible(@event.GetAccessors().Adder, hasHeirs))
            .Select(@event => $"E:{name}.{_reader.GetString(@event.Name)}");
        return [$"T:{name}", .. fields, .. methods, .. properties, .. events];
    }

    private string IdOf(string type, MethodDefinition method)
    {
        string name = _reader.GetString(method.Name);
        MethodSignature<string> signature = method.DecodeSignature(_names, null);
        string arity = signature.GenericParameterCount == 0 ? "" : $"``{signature.GenericParameterCount}";
        string result = name is "op_Implicit" or "op_Explicit" ? $"~{signature.ReturnType}" : "";
        return $"M:{type}.{(name == Constructor ? "#ctor" : name)}{arity}{Parameters(signature)}{result}";
    }

    private string IdOf(string type, PropertyDefinition property)
        => $"P:{type}.{_reader.GetString(property.Name)}{Parameters(property.DecodeSignature(_names, null))}";

    private static string Parameters(MethodSignature<string> signature)
        => signature.ParameterTypes.IsEmpty ? "" : $"({string.Join(',', signature.ParameterTypes)})";

    private bool IsVisible(TypeDefinition type) => (type.Attributes & TypeAttributes.VisibilityMask) switch
    {
        TypeAttributes.Public => true,
        TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem
            => IsVisible(_reader.GetTypeDefinition(type.GetDeclaringType())),
        _ => false,
    };

    private bool IsVisible(PropertyDefinition property, bool hasHeirs)
    {
        PropertyAccessors accessors = property.GetAccessors();
        return IsVisible(accessors.Getter, hasHeirs) || IsVisible(accessors.Setter, hasHeirs);
    }

    private bool IsVisible(MethodDefinitionHandle method, bool hasHeirs)
        => !method.IsNil && IsVisible(_reader.GetMethodDefinition(method).Attributes, hasHeirs);

    private static bool IsVisible(MethodAttributes attributes, bool hasHeirs)
        => (attributes & MethodAttributes.MemberAccessMask) switch
        {
            MethodAttributes.Public => true,
            MethodAttributes.Family or MethodAttributes.FamORAssem => hasHeirs,
            _ => false,
        };

    private static bool IsVisible(FieldAttributes attributes, bool hasHeirs)
        => (attributes & FieldAttributes.FieldAccessMask) switch
        {
            FieldAttributes.Public => true,
            FieldAttributes.Family or FieldAttributes.FamORAssem => hasHeirs,
            _ => false,
        };
}
