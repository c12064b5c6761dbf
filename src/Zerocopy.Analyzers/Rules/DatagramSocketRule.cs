using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1005: only stream sockets can be ends of a transfer.</summary>
internal sealed class DatagramSocketRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.DatagramSocket,
        "Datagram socket loses message boundaries",
        "A datagram socket is refused with ArgumentException: a stream of bytes would lose its "
            + "message boundaries",
        Category.Correctness,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.DatagramSocket));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    internal override void OnCall(EndpointCall call, Report report)
    {
        foreach (EndpointValue endpoint in call.Endpoints)
        {
            List<Origin> origins = Values.Origins(endpoint.Value, call.Known);
            if (origins.Count > 0 && origins.TrueForAll(origin => IsDatagram(origin.Operation, call.Known)))
            {
                report.At(endpoint.Value);
            }
        }
    }

    private static bool IsDatagram(IOperation operation, KnownSymbols known) => operation switch
    {
        IObjectCreationOperation created when KnownSymbols.Derives(created.Type, known.Socket) =>
            created.Arguments.Any(argument => IsDatagramType(argument, known)),
        IPropertyReferenceOperation { Property.Name: "Client", Instance.Type: { } type } =>
            KnownSymbols.Derives(type, known.UdpClient),
        IPropertyReferenceOperation { Property.Name: "SafeHandle", Instance: { } socket } =>
            Values.Only(socket, known) is { } origin && IsDatagram(origin.Operation, known),
        _ => false,
    };

    private static bool IsDatagramType(IArgumentOperation argument, KnownSymbols known)
        => KnownSymbols.Same(argument.Parameter?.Type, known.SocketType)
            && s_datagramTypes.Any(name => Constants.IsMember(argument.Value, known.SocketType, name));

    private static readonly string[] s_datagramTypes = ["Dgram", "Seqpacket", "Raw", "Rdm"];
}
