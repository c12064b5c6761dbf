using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>ZC1016: .NET emulates blocking calls on a descriptor by a flag of its own.</summary>
internal sealed class NonBlockingFlagRule : Rule
{
    private static readonly DiagnosticDescriptor s_descriptor = new(
        RuleIds.NonBlockingFlag,
        "Do not change O_NONBLOCK yourself",
        "{0} changes O_NONBLOCK behind .NET, which keeps its own flag: synchronous calls then fail "
            + "at once; set Socket.Blocking instead",
        Category.Correctness,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: HelpLink(RuleIds.NonBlockingFlag));

    internal override DiagnosticDescriptor Descriptor => s_descriptor;

    private const int SetStatusFlags = 4; // F_SETFL
    private const int NonBlockingIo = 0x5421; // FIONBIO

    internal override void OnInvocation(IInvocationOperation invocation, KnownSymbols known, Report report)
    {
        int? wanted = ImportedName(invocation.TargetMethod, known) switch
        {
            "fcntl" or "fcntl64" => SetStatusFlags,
            "ioctl" => NonBlockingIo,
            _ => null,
        };
        if (wanted is not null
            && invocation.Arguments.Length >= 2
            && Constants.Number(invocation.Arguments[1].Value) == wanted
            && SocketOf(invocation.Arguments[0].Value, known) is not null)
        {
            report.At(invocation, invocation.TargetMethod.Name);
        }
    }

    /// <returns>The socket whose descriptor is passed; null if it is not seen to be one.</returns>
    internal static IOperation? SocketOf(IOperation descriptor, KnownSymbols known)
    {
        while (true)
        {
            switch (descriptor)
            {
                case IConversionOperation conversion:
                    descriptor = conversion.Operand;
                    break;
                case IInvocationOperation
                {
                    TargetMethod.Name: "ToInt32" or "ToInt64" or "DangerousGetHandle", Instance: { } instance
                }:
                    descriptor = instance;
                    break;
                case ILocalReferenceOperation local when Body.Of(local).Get(local.Local).OnlyValue is { } value:
                    descriptor = value;
                    break;
                case IPropertyReferenceOperation { Property.Name: "Handle" or "SafeHandle", Instance: { } socket }
                    when KnownSymbols.Derives(socket.Type, known.Socket):
                    return socket;
                default:
                    return null;
            }
        }
    }

    private static string? ImportedName(IMethodSymbol method, KnownSymbols known)
    {
        if (method.GetDllImportData() is { } import)
        {
            return import.EntryPointName ?? method.Name;
        }

        foreach (AttributeData attribute in method.GetAttributes())
        {
            if (KnownSymbols.Same(attribute.AttributeClass, known.LibraryImport))
            {
                return attribute.NamedArguments.FirstOrDefault(static named => named.Key == "EntryPoint")
                    .Value.Value as string ?? method.Name;
            }
        }

        return null;
    }
}
