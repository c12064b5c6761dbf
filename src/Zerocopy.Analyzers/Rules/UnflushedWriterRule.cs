using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1028: what a writer has not flushed comes after the transfer's bytes, or never.</summary>
internal sealed class UnflushedWriterRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.UnflushedWriter,
        "Writer holds bytes that belong before the transfer's",
        "'{0}' was written to and not flushed: what it holds comes after the transfer's bytes, or never",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.UnflushedWriter));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            if ((endpoint.Use & EndpointUse.Write) != 0 && WriterOf(endpoint.Value, call) is { } writer)
            {
                report.At(endpoint.Value, writer.Name);
            }
        }
    }

    /// <returns>The writer whose bytes come too late; null if there is none.</returns>
    internal static ILocalSymbol? WriterOf(IOperation destination, EndpointCall call)
    {
        foreach (IOperation operation in Preceding.Of(call.Invocation))
        {
            if (operation is IInvocationOperation { Instance: ILocalReferenceOperation writer } written
                && written.TargetMethod.Name.StartsWith("Write", StringComparison.Ordinal)
                && IsBuffered(writer, call.Known)
                && IsOver(writer, destination, call.Known)
                && !IsFlushed(writer, written, call.Invocation))
            {
                return writer.Local;
            }
        }

        return null;
    }

    private static bool IsBuffered(ILocalReferenceOperation writer, KnownSymbols known)
        => KnownSymbols.Same(writer.Type, known.StreamWriter) || KnownSymbols.Same(writer.Type, known.BufferedStream);

    private static bool IsOver(ILocalReferenceOperation writer, IOperation destination, KnownSymbols known)
    {
        if (Values.Only(destination, known) is
            {
                Operation: IPropertyReferenceOperation
                {
                    Property.Name: "BaseStream" or "UnderlyingStream", Instance: ILocalReferenceOperation owner
                }
            })
        {
            return KnownSymbols.Same(owner.Local, writer.Local);
        }

        return Identity.Of(destination, known) is { } target
            && Body.Of(writer).Get(writer.Local).OnlyValue is { } value
            && Values.Strip(value, known) is IObjectCreationOperation { Arguments: { Length: > 0 } arguments }
            && KnownSymbols.Same(target, Identity.Of(arguments[0].Value, known));
    }

    // Nothing is said of a writer that goes anywhere, or may flush by itself.
    private static bool IsFlushed(ILocalReferenceOperation writer, IOperation written, IOperation transfer)
    {
        Variable variable = Body.Of(writer).Get(writer.Local);
        return variable.Declarator is not { } declarator
            || variable.OnlyValue is not { } value
            || value.DescendantsAndSelf().Any(IsAutoFlush)
            || (Locals.IsUsing(declarator)
                && Locals.ScopeOf(declarator)?.Syntax.Span.Contains(transfer.Syntax.Span) != true)
            || variable.References.Exists(reference => reference.Parent switch
            {
                IInvocationOperation { TargetMethod.Name: { } name } =>
                    !name.StartsWith("Write", StringComparison.Ordinal)
                        && reference.Syntax.SpanStart > written.Syntax.SpanStart
                        && reference.Syntax.SpanStart < transfer.Syntax.Span.End,
                IPropertyReferenceOperation property => IsAutoFlush(property),
                _ => true,
            });
    }

    private static bool IsAutoFlush(IOperation operation)
        => operation is IPropertyReferenceOperation { Property.Name: "AutoFlush" };
}
