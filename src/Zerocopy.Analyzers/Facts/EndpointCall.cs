using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Zerocopy.Analyzers;

/// <summary>What an endpoint is used for.</summary>
[Flags]
internal enum EndpointUse
{
    Read = 1,
    Write = 2,
}

/// <summary>One end of a call.</summary>
internal readonly struct EndpointValue(IOperation value, EndpointUse use, bool isReceiver)
{
    /// <summary>What was passed, with its conversion to an endpoint.</summary>
    internal IOperation Value { get; } = value;

    internal EndpointUse Use { get; } = use;

    /// <summary>True: the pipe whose method is called, and not an argument.</summary>
    internal bool IsReceiver { get; } = isReceiver;
}

/// <summary>A call that moves bytes, or attaches a tee.</summary>
internal sealed class EndpointCall
{
    private EndpointCall(IInvocationOperation invocation, KnownSymbols known)
    {
        Invocation = invocation;
        Known = known;
        foreach (IArgumentOperation argument in invocation.Arguments)
        {
            switch (argument.Parameter?.Name)
            {
                case "source":
                    Endpoints.Add(new EndpointValue(argument.Value, EndpointUse.Read, isReceiver: false));
                    break;
                case "destination":
                    Endpoints.Add(new EndpointValue(argument.Value, EndpointUse.Write, isReceiver: false));
                    break;
                case "left" or "right":
                    const EndpointUse Both = EndpointUse.Read | EndpointUse.Write;
                    Endpoints.Add(new EndpointValue(argument.Value, Both, isReceiver: false));
                    break;
                case "options" when argument.ArgumentKind == ArgumentKind.Explicit:
                    OptionsValue = argument.Value;
                    break;
            }
        }

        if (invocation.Instance is { } pipe && !IsTee)
        {
            EndpointUse use = Endpoints[0].Use == EndpointUse.Read ? EndpointUse.Write : EndpointUse.Read;
            Endpoints.Add(new EndpointValue(pipe, use, isReceiver: true));
        }

        Options = Options.Read(OptionsValue, known);
    }

    internal IInvocationOperation Invocation { get; }

    internal KnownSymbols Known { get; }

    /// <summary>The pipe of a pipe's method included, but for a tee, which has a target only.</summary>
    internal List<EndpointValue> Endpoints { get; } = [];

    internal IOperation? OptionsValue { get; }

    internal Options Options { get; }

    internal string Name => Invocation.TargetMethod.Name;

    internal bool IsTee => Name == "Tee";

    internal bool IsRelay => KnownSymbols.Same(Invocation.TargetMethod.ContainingType, Known.Relay);

    /// <summary>Also by <c>source.TransferToAsync(…)</c>, whose source is an argument like any other.</summary>
    internal bool IsTransfer => KnownSymbols.Same(Invocation.TargetMethod.ContainingType, Known.Transfer)
        || KnownSymbols.Same(Invocation.TargetMethod.ContainingType, Known.TransferExtensions);

    /// <summary>A method whose task ends when the bytes have moved.</summary>
    internal bool IsAsync => Name.EndsWith("Async", StringComparison.Ordinal);

    /// <summary>A method that returns before the bytes have moved.</summary>
    internal bool IsStarted => IsAsync || (IsRelay && Name == "Start");

    /// <summary>Whether options are given: <c>null</c> says the same as nothing.</summary>
    internal bool HasOptions => OptionsValue is { ConstantValue: not { HasValue: true, Value: null } };

    /// <summary>The pipe of <c>pipe.Tee(…)</c>, <c>pipe.ReadFrom(…)</c> and the like.</summary>
    internal IOperation? Receiver => Invocation.Instance;

    /// <summary>The one end that is used so.</summary>
    internal IOperation End(EndpointUse use) => Endpoints.Find(end => (end.Use & use) != 0).Value;

    /// <returns>Null if it is not one of ours.</returns>
    internal static EndpointCall? Read(IInvocationOperation invocation, KnownSymbols known)
    {
        IMethodSymbol method = invocation.TargetMethod;
        bool isOurs = method.Name switch
        {
            "Copy" or "CopyAsync" => KnownSymbols.Same(method.ContainingType, known.Transfer),
            "TransferToAsync" => KnownSymbols.Same(method.ContainingType, known.TransferExtensions),
            "RunAsync" or "Start" => KnownSymbols.Same(method.ContainingType, known.Relay),
            "ReadFrom" or "ReadFromAsync" or "WriteTo" or "WriteToAsync" or "Tee" =>
                KnownSymbols.Same(method.ContainingType, known.Pipe),
            _ => false,
        };
        return isOurs && !invocation.Arguments.IsEmpty ? new EndpointCall(invocation, known) : null;
    }

    /// <summary>Whether every byte is asked to be copied, which is what some warnings ask for.</summary>
    /// <returns>Null if the options are not known.</returns>
    internal bool? IsCopyOnly() => HasMode("CopyOnly", all: true);

    /// <summary>Whether the call refuses to copy.</summary>
    internal bool? RequiresZeroCopy() => HasMode("RequireZeroCopy", all: false);

    private bool? HasMode(string mode, bool all)
    {
        if (!IsRelay)
        {
            return IsTee ? false : Options.HasMode(mode);
        }

        bool? forth = Options.Nested("LeftToRight").HasMode(mode);
        bool? back = Options.Nested("RightToLeft").HasMode(mode);
        return all ? forth & back : forth | back;
    }
}
