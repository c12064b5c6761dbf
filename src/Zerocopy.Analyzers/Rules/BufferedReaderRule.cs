using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1011: what a reader has read ahead is in its buffer and no longer in the socket.</summary>
internal sealed class BufferedReaderRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.BufferedReader,
        "Reader has buffered bytes the transfer will miss",
        "A {0} on '{1}' was read before and holds bytes that the transfer will miss; read the "
            + "beginning yourself and pass what is left of it as the prefix",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.BufferedReader));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            if ((endpoint.Use & EndpointUse.Read) == 0 || Identity.Of(endpoint.Value, call.Known) is not { } source)
            {
                continue;
            }

            foreach (IOperation operation in Preceding.Of(call.Invocation))
            {
                if (ReaderOver(operation, source, call.Known) is { } reader)
                {
                    report.At(endpoint.Value, reader, source.Name);
                    break;
                }
            }
        }
    }

    /// <returns>The name of the reader's type, if the operation reads from one over this source.</returns>
    private static string? ReaderOver(IOperation operation, ISymbol source, KnownSymbols known)
    {
        if (operation is not IInvocationOperation { Instance: { } instance } read
            || !read.TargetMethod.Name.StartsWith("Read", StringComparison.Ordinal)
            || Values.Only(instance, known) is not { } origin)
        {
            return null;
        }

        IArgumentOperation? wrapped = origin.Operation switch
        {
            IObjectCreationOperation { Arguments: { Length: > 0 } arguments, Type: { } type }
                when KnownSymbols.Derives(type, known.StreamReader)
                    || KnownSymbols.Derives(type, known.BufferedStream) => arguments[0],
            IInvocationOperation { TargetMethod.Name: "Create", Arguments: { Length: > 0 } arguments } created
                when KnownSymbols.Same(created.TargetMethod.ContainingType, known.PipeReader) => arguments[0],
            _ => null,
        };
        return wrapped is not null && KnownSymbols.Same(source, Identity.Of(wrapped.Value, known))
            ? origin.Type?.Name : null;
    }
}
