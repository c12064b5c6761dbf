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

    internal override void OnCall(EndpointCall call, Report report)
    {
        if (!call.IsRelay)
        {
            return;
        }

        IOperation function = Body.FunctionOf(call.Invocation);
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            if (Identity.Of(endpoint.Value, call.Known) is { } socket
                && function.Descendants().OfType<IInvocationOperation>().FirstOrDefault(
                    connect => IsConnect(connect, socket, call.Known)
                        && connect.Syntax.SpanStart < call.Invocation.Syntax.SpanStart
                        && Body.FunctionOf(connect) == function) is { } found)
            {
                report.At(found, socket.Name);
            }
        }
    }

    private static bool IsConnect(IInvocationOperation call, ISymbol socket, KnownSymbols known)
        => call is { TargetMethod.Name: "ConnectAsync", Instance: { } instance }
            && (KnownSymbols.Derives(instance.Type, known.Socket)
                || KnownSymbols.Derives(instance.Type, known.TcpClient))
            && Tasks.Outermost(call).Parent is IAwaitOperation
            && KnownSymbols.Same(socket, Identity.Of(instance, known));
}
