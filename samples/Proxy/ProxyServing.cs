using Zerocopy.Server;

namespace Zerocopy.Samples.Proxy;

/// <summary>A server that runs, until it is to stop.</summary>
internal sealed class ProxyServing(RelayServer server, TimeSpan patience) : IServing, IDisposable
{
    private readonly ManualResetEventSlim _isToStop = new();

    public TimeSpan Patience => patience;

    public long Living => server.GetCounters().Active;

    public object Run()
    {
        _isToStop.Wait();
        server.StopAsync().Wait(); // Accepts no more, and gives what lives its time.
        return Totals.Of(server.GetCounters());
    }

    public void Stop() => _isToStop.Set();

    public void Dispose() => _isToStop.Dispose();
}
