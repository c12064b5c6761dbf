using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1029: .NET's own copy between two streams that are descriptors.</summary>
internal sealed class StreamCopyRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.StreamCopy,
        "CopyToAsync between descriptors could be a transfer",
        "CopyToAsync takes every byte through this process: {0} moves it inside the kernel",
        Category.Performance,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.StreamCopy));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnInvocation(IInvocationOperation invocation, KnownSymbols known, Report report)
    {
        if (OfDescriptors(invocation, known) is not { } flow)
        {
            return;
        }

        if (BothWays.Of(flow, known, OfDescriptors) is not null)
        {
            report.At(invocation, "Relay.RunAsync, in place of both directions,");
        }
        else if (!IsOneOfTwo(invocation, known))
        {
            report.At(invocation, "Transfer.CopyAsync");
        }
    }

    /// <returns>Null if one of the two streams may be anything.</returns>
    internal static Flow? OfDescriptors(IInvocationOperation call, KnownSymbols known)
        => Flow.OfStreams(call, known) is { } flow
            && IsDescriptor(flow.Source, known)
            && IsDescriptor(flow.Destination, known) ? flow : null;

    private static bool IsDescriptor(IOperation stream, KnownSymbols known)
        => Values.Origins(stream, known) is { Count: > 0 } origins && origins.TrueForAll(known.Streams.IsDescriptor);

    // What is said of the second one is said of both.
    private static bool IsOneOfTwo(IInvocationOperation first, KnownSymbols known)
        => Body.Of(first).Root.Descendants().OfType<IInvocationOperation>().Any(
            other => other.Syntax.SpanStart > first.Syntax.SpanStart
                && BothWays.Of(OfDescriptors(other, known), known, OfDescriptors)?.There.Call == first);
}
