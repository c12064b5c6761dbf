// Uses the library where the framework's meters are switched off.
using System.Diagnostics.Metrics;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Metrics;

internal sealed class MetersOffChild : IChild
{
    private const int Bytes = 700_001;

    public int Run(string[] args)
    {
        AppContext.SetSwitch("System.Diagnostics.Metrics.Meter.IsSupported", false);
        List<Instrument> published = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) => published.Add(instrument);
        listener.Start();
        foreach (Call call in Enum.GetValues<Call>())
        {
            Copy(call).GetAwaiter().GetResult();
        }

        listener.RecordObservableInstruments();
        Assert.Empty(published);
        Console.WriteLine("done");
        return 0;
    }

    private static async Task Copy(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        Task<Received> reader = Peer.Read(rig.Reader, max: Bytes);
        TransferResult result = await rig.Start(call).Within("the transfer");
        ResultAssert.Moved(result, Bytes, TransferMode.Auto);
        await Peer.AssertAll(Bytes, writer, reader);
    }
}
