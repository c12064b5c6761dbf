// The rows that theories share.
using Xunit;

namespace Zerocopy.Conformance.Harness;

public static class Matrix
{
    private static readonly Family[] s_families = Enum.GetValues<Family>();
    private static readonly TransferMode[] s_modes = Modes;
    private static readonly Call[] s_calls = Enum.GetValues<Call>();

    /// <summary>Those that this process can be asked for.</summary>
    internal static TransferMode[] Modes => Platform.HasKernel
        ? Enum.GetValues<TransferMode>() : [TransferMode.Auto, TransferMode.CopyOnly];

    /// <summary>What a mode comes to in this process.</summary>
    internal static TransferMode Here(TransferMode mode) => Platform.HasKernel ? mode : TransferMode.CopyOnly;

    /// <summary>What a route comes to in this process.</summary>
    internal static TransferMechanism Here(TransferMechanism route)
        => Platform.HasKernel ? route : TransferMechanism.ReadWrite;

    /// <summary>The four pairs of families.</summary>
    public static TheoryData<Family, Family> Pairs { get; } = new(
        from source in s_families
        from destination in s_families
        select new TheoryDataRow<Family, Family>(source, destination));

    public static TheoryData<Family, Family, TransferMode, Call> All { get; } = new(
        from source in s_families
        from destination in s_families
        from mode in s_modes
        from call in s_calls
        select new TheoryDataRow<Family, Family, TransferMode, Call>(source, destination, mode, call));

    public static TheoryData<Family, Family, Origin> PairsOrigins { get; } = new(
        from source in s_families
        from destination in s_families
        from origin in Enum.GetValues<Origin>()
        select new TheoryDataRow<Family, Family, Origin>(source, destination, origin));

    public static TheoryData<Family, Family, TransferMode> PairsModes { get; } = new(
        from source in s_families
        from destination in s_families
        from mode in s_modes
        select new TheoryDataRow<Family, Family, TransferMode>(source, destination, mode));

    public static TheoryData<Family, Family, Call> PairsCalls { get; } = new(
        from source in s_families
        from destination in s_families
        from call in s_calls
        select new TheoryDataRow<Family, Family, Call>(source, destination, call));

    public static TheoryData<TransferMode, Call> ModesCalls { get; } = new(
        from mode in s_modes
        from call in s_calls
        select new TheoryDataRow<TransferMode, Call>(mode, call));

    public static TheoryData<Family, TransferMode, Call> FamiliesModesCalls { get; } = new(
        from family in s_families
        from mode in s_modes
        from call in s_calls
        select new TheoryDataRow<Family, TransferMode, Call>(family, mode, call));
}
