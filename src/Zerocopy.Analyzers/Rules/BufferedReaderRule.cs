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
            if ((endpoint.Use & EndpointUse.Read) == 0)
            {
                continue;
            }

            ISymbol? source = Identity.Of(endpoint.Value, call.Known);
            IOperation? owner = OwnerOf(endpoint.Value, call.Known);
            foreach (IOperation operation in Preceding.Of(call.Invocation))
            {
                if (ReaderOf(operation, call.Known) is { } reader
                    && IsOver(reader, source, owner, call.Known)
                    && !IsMovedBack(operation, source, reader, call))
                {
                    report.At(endpoint.Value, reader.Type!.Name, source?.Name ?? NameOf(owner!));
                    break;
                }
            }
        }
    }

    /// <returns>The reader whose BaseStream an end is; null if it is not seen to be one.</returns>
    private static IOperation? OwnerOf(IOperation value, KnownSymbols known)
        => Values.Only(value, known) is
        {
            Operation: IPropertyReferenceOperation { Property.Name: "BaseStream", Instance: { } owner }
        }
            && KnownSymbols.Derives(owner.Type, known.StreamReader) ? owner : null;

    /// <returns>What is read from, if that reads ahead.</returns>
    private static IOperation? ReaderOf(IOperation operation, KnownSymbols known)
    {
        IOperation? reader = operation switch
        {
            IInvocationOperation { Instance: { } instance, TargetMethod.Name: { } name }
                when name.StartsWith("Read", StringComparison.Ordinal) || name == "Peek" => instance,
            IPropertyReferenceOperation { Property.Name: "EndOfStream", Instance: { } instance } => instance,
            _ => null,
        };
        bool readsAhead = KnownSymbols.Derives(reader?.Type, known.StreamReader)
            || KnownSymbols.Derives(reader?.Type, known.BufferedStream)
            || KnownSymbols.Derives(reader?.Type, known.PipeReader);
        return readsAhead ? reader : null;
    }

    private static bool IsOver(IOperation reader, ISymbol? source, IOperation? owner, KnownSymbols known)
    {
        if (owner is not null && Identity.IsSamePath(owner, reader, known))
        {
            return true;
        }

        IArgumentOperation? wrapped = Values.Only(reader, known)?.Operation switch
        {
            IObjectCreationOperation { Arguments: { Length: > 0 } arguments } => arguments[0],
            IInvocationOperation { TargetMethod.Name: "Create", Arguments: { Length: > 0 } arguments } created
                when KnownSymbols.Same(created.TargetMethod.ContainingType, known.PipeReader) => arguments[0],
            _ => null,
        };
        return wrapped is not null && KnownSymbols.Same(source, Identity.Of(wrapped.Value, known));
    }

    // A file that is put back to where the transfer is to begin has not lost anything.
    private static bool IsMovedBack(IOperation read, ISymbol? source, IOperation reader, EndpointCall call)
        => Body.Of(read).Root.Descendants().Any(
            operation => operation.Syntax.SpanStart > read.Syntax.SpanStart
                && operation.Syntax.SpanStart < call.Invocation.Syntax.SpanStart
                && Moved(operation) is { } moved
                && (KnownSymbols.Same(source, Identity.Of(moved, call.Known))
                    || OwnerOf(moved, call.Known) is { } owner && Identity.IsSamePath(owner, reader, call.Known)));

    private static IOperation? Moved(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod.Name: "Seek", Instance: { } instance } => instance,
        IAssignmentOperation
        {
            Target: IPropertyReferenceOperation { Property.Name: "Position", Instance: { } instance }
        } => instance,
        _ => null,
    };

    private static string NameOf(IOperation owner)
        => StreamKinds.Member(owner)?.Name ?? (owner as ILocalReferenceOperation)?.Local.Name ?? owner.Type!.Name;
}
