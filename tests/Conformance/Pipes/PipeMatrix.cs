// The rows that theories over pipes share.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public static class PipeMatrix
{
    private static readonly Family[] s_families = Enum.GetValues<Family>();
    private static readonly Call[] s_calls = Enum.GetValues<Call>();

    public static TheoryData<Call> Calls { get; } = new(s_calls);

    public static TheoryData<Family, Call> FamiliesCalls { get; } = new(
        from family in s_families
        from call in s_calls
        select new TheoryDataRow<Family, Call>(family, call));

    /// <summary>Every position of a pipe that a transfer can have, in every mode, by either call.</summary>
    public static TheoryData<EndKind, EndKind, TransferMode, Call> Positions { get; } = new(
        from row in Routes.Rows
        from mode in Matrix.Modes
        from call in s_calls
        where mode != TransferMode.RequireZeroCopy || row.Route != TransferMechanism.ReadWrite
        select new TheoryDataRow<EndKind, EndKind, TransferMode, Call>(row.Source, row.Destination, mode, call));

    /// <summary>Those that only copying can serve.</summary>
    public static TheoryData<EndKind, EndKind, Call> CopiedPositions { get; } = new(
        from row in Routes.Rows
        from call in s_calls
        where row.Route == TransferMechanism.ReadWrite || !Platform.HasKernel
        select new TheoryDataRow<EndKind, EndKind, Call>(row.Source, row.Destination, call));

    public static TheoryData<Waiting, Call> WaitingCalls { get; } = new(
        from waiting in Enum.GetValues<Waiting>()
        from call in s_calls
        select new TheoryDataRow<Waiting, Call>(waiting, call));
}
