using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1030: .NET's asynchronous connect registers the socket with .NET's own engine, for good: every event of
/// the relay then wakes that one too.</summary>
internal sealed class FrameworkConnectRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.FrameworkConnect,
        "Connect with the Dialer before a relay",
        "ConnectAsync leaves '{0}' registered with .NET's socket engine, which every message of the relay then wakes "
            + "in vain; Dialer.ConnectAsync does not",
        Category.Performance,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.FrameworkConnect));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnInvocation(IInvocationOperation invocation, KnownSymbols known, Report report)
    {
        if (invocation is not { TargetMethod.Name: "ConnectAsync", Instance: { } instance }
            || !IsSocket(instance.Type, known)
            || Tasks.Outermost(invocation).Parent is not IAwaitOperation
            || Identity.Of(instance, known) is not { } socket)
        {
            return;
        }

        IOperation function = Body.FunctionOf(invocation);
        if (function.Descendants().OfType<IInvocationOperation>().Any(
            later => later.Syntax.SpanStart > invocation.Syntax.SpanStart
                && Body.FunctionOf(later) == function
                && IsRelayOf(later, socket, known)))
        {
            report.At(invocation, socket.Name);
        }
    }

    private static bool IsSocket(ITypeSymbol? type, KnownSymbols known)
        => KnownSymbols.Derives(type, known.Socket) || KnownSymbols.Derives(type, known.TcpClient);

    private static bool IsRelayOf(IInvocationOperation call, ISymbol socket, KnownSymbols known)
        => EndpointCall.Read(call, known) is { IsRelay: true } relay
            && relay.Endpoints.Exists(end => KnownSymbols.Same(socket, Identity.Of(end.Value, known)));
}
