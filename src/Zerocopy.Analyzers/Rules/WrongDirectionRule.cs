using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1025: a source that cannot be read, a destination that cannot be written.</summary>
internal sealed class WrongDirectionRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.WrongDirection,
        "Stream is open for the other direction",
        "This is open for {0} only: as {1} it is refused with ArgumentException",
        Category.Correctness,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.WrongDirection));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            List<Origin> origins = Values.Origins(endpoint.Value, call.Known);
            EndpointUse? open = origins.Count == 0 ? null : OpenFor(origins[0].Operation, call.Known);
            if (open is { } ways
                && (ways & endpoint.Use) != endpoint.Use
                && origins.TrueForAll(origin => OpenFor(origin.Operation, call.Known) == ways))
            {
                report.At(
                    endpoint.Value,
                    ways == EndpointUse.Read ? "reading" : "writing",
                    call.IsRelay ? "an end of a relay" : ways == EndpointUse.Read ? "a destination" : "a source");
            }
        }
    }

    /// <returns>Null if that is not certain.</returns>
    private static EndpointUse? OpenFor(IOperation operation, KnownSymbols known) => operation switch
    {
        IInvocationOperation { TargetMethod: { } method } opened when IsFile(method.ContainingType, known) =>
            method.Name switch
            {
                "OpenRead" => EndpointUse.Read,
                "OpenWrite" => EndpointUse.Write,
                "Open" or "OpenHandle" => ByArguments(opened.Arguments, known),
                _ => null,
            },
        IInvocationOperation { TargetMethod: { } method } when KnownSymbols.Same(method.ContainingType, known.Pipe) =>
            method.Name switch
            {
                "AsReadStream" => EndpointUse.Read,
                "AsWriteStream" => EndpointUse.Write,
                _ => null,
            },
        IObjectCreationOperation created when KnownSymbols.Derives(created.Type, known.FileStream) =>
            ByArguments(created.Arguments, known),
        _ => null,
    };

    private static bool IsFile(INamedTypeSymbol type, KnownSymbols known)
        => KnownSymbols.Same(type, known.File) || KnownSymbols.Same(type, known.FileInfo);

    private static EndpointUse? ByArguments(IEnumerable<IArgumentOperation> arguments, KnownSymbols known)
    {
        foreach (IArgumentOperation argument in arguments)
        {
            if (Constants.IsMember(argument.Value, known.FileAccess, "Read"))
            {
                return EndpointUse.Read;
            }

            if (Constants.IsMember(argument.Value, known.FileAccess, "Write")
                || Constants.IsMember(argument.Value, known.FileMode, "Append"))
            {
                return EndpointUse.Write;
            }
        }

        return null;
    }
}
