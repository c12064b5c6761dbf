using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1014: a FileStream's buffer costs an object and a flush, and a transfer never uses it.</summary>
internal sealed class BufferedFileRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.BufferedFile,
        "Buffered FileStream used only for a transfer",
        "'{0}' is only an end of transfers, which go around its buffer; open it with bufferSize: 0",
        Category.Performance,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.BufferedFile));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCreation(IObjectCreationOperation creation, KnownSymbols known, Report report)
    {
        if (creation.Constructor is not { Parameters: [{ Type.SpecialType: SpecialType.System_String }, ..] parameters }
            || parameters.Any(
                static parameter => parameter.Name is "bufferSize" or "options")
            || Locals.InitializedBy(creation) is not { } declarator)
        {
            return;
        }

        Variable variable = Body.Of(creation).Get(declarator.Symbol);
        bool isEndpoint = variable.References.Exists(reference => Locals.IsEndpointArgument(reference, known));
        if (isEndpoint
            && variable.Writes == 1
            && variable.References.TrueForAll(reference => IsHarmless(reference, known)))
        {
            report.At(creation, declarator.Symbol.Name);
        }
    }

    private static bool IsHarmless(IOperation reference, KnownSymbols known) => reference.Parent switch
    {
        IInvocationOperation { TargetMethod.Name: "Dispose" or "DisposeAsync" or "Close" or "SetLength" } => true,
        IPropertyReferenceOperation { Property.Name: "Length" or "Name" or "Position" } => true,
        _ => Locals.IsEndpointArgument(reference, known),
    };
}
