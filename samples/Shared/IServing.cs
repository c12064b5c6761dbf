namespace Zerocopy.Samples;

/// <summary>What a sample does between its first line and its last one.</summary>
internal interface IServing
{
    /// <summary>How long connections may go on once it is stopped.</summary>
    TimeSpan Patience { get; }

    /// <summary>How many connections have not ended. Any thread.</summary>
    long Living { get; }

    /// <summary>Serves until <see cref="Stop"/>, and then at most for <see cref="Patience"/>.</summary>
    /// <returns>The totals.</returns>
    object Run();

    /// <summary>Accepts no more. Any thread.</summary>
    void Stop();
}
