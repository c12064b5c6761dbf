using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1019: only connected sockets have bytes.</summary>
internal sealed class ListeningSocketRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.ListeningSocket,
        "Listening socket is no connection",
        "A listening socket is refused with ArgumentException; accept a connection and pass that",
        Category.Correctness,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.ListeningSocket));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            if (IsListener(endpoint.Value, call))
            {
                report.At(endpoint.Value);
            }
        }
    }

    private static bool IsListener(IOperation value, EndpointCall call)
    {
        if (Values.Only(value, call.Known) is
            {
                Operation: IPropertyReferenceOperation { Property.Name: "Server", Instance.Type: { } type }
            }
            && KnownSymbols.Derives(type, call.Known.TcpListener))
        {
            return true;
        }

        return Identity.Of(value, call.Known) is { } socket
            && Preceding.Of(call.Invocation).Any(operation => Listens(operation, socket, call.Known));
    }

    private static bool Listens(IOperation operation, ISymbol socket, KnownSymbols known)
        => operation is IInvocationOperation { Instance: { } instance, TargetMethod.Name: { } name }
            && name is "Listen" or "Accept" or "AcceptAsync"
            && KnownSymbols.Derives(instance.Type, known.Socket)
            && KnownSymbols.Same(socket, Identity.Of(instance, known));
}
