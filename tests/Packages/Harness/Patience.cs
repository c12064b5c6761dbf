namespace Zerocopy.Packages;

/// <summary>How long is waited for what takes an instant on a machine with nothing else to do.</summary>
internal static class Patience
{
    internal static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    internal static async Task UntilAsync(Func<bool> isSo, Func<string> complaint)
    {
        long started = Environment.TickCount64;
        while (!isSo())
        {
            Assert.True(Environment.TickCount64 - started < Limit.TotalMilliseconds, complaint());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
