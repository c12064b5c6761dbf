namespace Zerocopy.Samples;

/// <summary>A demo: the sample twice, once as it is and once copying, and those who use it.</summary>
/// <typeparam name="TPass">What one pass measures.</typeparam>
internal interface IDemo<TPass> : IDisposable
{
    /// <summary>How many bytes one pass moves.</summary>
    long PassBytes { get; }

    /// <summary>Starts what is needed.</summary>
    Task StartAsync(CancellationToken token);

    /// <summary>Moves the bytes, and compares what was sent with what came.</summary>
    /// <exception cref="InvalidDataException">They are not the same.</exception>
    Task CheckAsync(bool copyOnly, Action<long> onProgress, CancellationToken token);

    /// <summary>Moves the bytes between ends that only count them.</summary>
    Task<TPass> MeasureAsync(bool copyOnly, Action<long> onProgress, CancellationToken token);

    /// <summary>Ends all of it, and shows what was measured.</summary>
    Task ShowAsync(IReadOnlyList<TPass> zeroCopy, IReadOnlyList<TPass> copied, CancellationToken token);
}
