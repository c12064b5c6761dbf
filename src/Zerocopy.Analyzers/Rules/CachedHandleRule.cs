using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1004: only the SafeFileHandle getter brings the kernel's position up to date, once a call.</summary>
internal sealed class CachedHandleRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.CachedHandle,
        "Cached SafeFileHandle is out of step",
        "'{0}' was taken from the FileStream before that was used again: the kernel's position is no "
            + "longer the stream's; pass the FileStream",
        Category.DataLoss,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.CachedHandle));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            if (Values.Strip(endpoint.Value, call.Known) is ILocalReferenceOperation local
                && StreamOf(local, call.Known) is { } stream
                && Body.Of(local).Get(local.Local).Declarator is { } declarator
                && Preceding.Of(call.Invocation).Any(
                    operation => operation.Syntax.SpanStart > declarator.Syntax.Span.End
                        && MovesPosition(operation, stream, call.Known)))
            {
                report.At(endpoint.Value, local.Local.Name);
            }
        }
    }

    /// <returns>The stream whose handle a local holds; null if it holds something else.</returns>
    internal static IOperation? StreamOf(ILocalReferenceOperation local, KnownSymbols known)
        => Body.Of(local).Get(local.Local).OnlyValue is { } value
            && Values.Strip(value, known) is IPropertyReferenceOperation
            {
                Property.Name: "SafeFileHandle", Instance: { } stream,
            }
            && KnownSymbols.Derives(stream.Type, known.FileStream)
                ? stream : null;

    private static bool MovesPosition(IOperation operation, IOperation stream, KnownSymbols known) => operation switch
    {
        IInvocationOperation { Instance: { } instance, TargetMethod.Name: { } name } =>
            (name.StartsWith("Read", StringComparison.Ordinal)
                || name.StartsWith("Write", StringComparison.Ordinal)
                || name.StartsWith("CopyTo", StringComparison.Ordinal)
                || name == "Seek")
            && Identity.IsSame(instance, stream, known),
        ISimpleAssignmentOperation
        {
            Target: IPropertyReferenceOperation { Property.Name: "Position", Instance: { } instance }
        } => Identity.IsSame(instance, stream, known),
        _ => false,
    };
}
