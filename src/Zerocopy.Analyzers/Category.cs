namespace Zerocopy.Analyzers;

/// <summary>The categories of the rules.</summary>
internal static class Category
{
    /// <summary>The call is refused or does something else than it says.</summary>
    internal const string Correctness = "Zerocopy.Correctness";

    /// <summary>Bytes are lost, repeated or mixed up.</summary>
    internal const string DataLoss = "Zerocopy.DataLoss";

    /// <summary>The same bytes for more CPU, memory or threads.</summary>
    internal const string Performance = "Zerocopy.Performance";
}
