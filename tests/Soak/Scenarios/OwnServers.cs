// Servers that live for one round: they stop under load and the next one takes their path, lose their upstream, run
// short of descriptors, and give up who says nothing.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;
using Zerocopy.Server;

namespace Zerocopy.Soak.Scenarios;

internal static class OwnServers
{
    private const int MaxConnections = 6;

    private enum Fault
    {
        UpstreamDown,
        NoDescriptors,
        Idle,
    }

    /// <summary>In half of them it waits for what goes on, which arrives whole; in the others it does not. The next one
    /// takes its place.</summary>
    internal static async Task StopAsync(Round round)
    {
        SimRandom random = round.Random;
        bool drains = random.Chance(50);
        await using SoakServer first = await StartAsync(round);
        round.What = $"drains {drains}";
        List<Conversation> all = [];
        for (int i = random.Between(1, MaxConnections); i > 0; i--)
        {
            all.Add(await Conversation.BeginAsync(round, first));
        }

        await round.Moment();
        Task stopped = drains ? first.Server.StopAsync() : first.Server.DisposeAsync().AsTask();
        foreach (Conversation conversation in all)
        {
            await (drains ? conversation.AssertWhole() : conversation.AssertCut(RelayEnd.Aborted));
        }

        await round.Within(stopped.ContinueWith(_ => true, TaskScheduler.Default), "the stop");
        await using SoakServer second = await StartAsync(round, before: first);
        await (await Conversation.BeginAsync(round, second)).AssertWhole();
        round.Dispose();
        await second.Server.StopAsync();
        AssertAgree(first, second);
    }

    internal static async Task FaultAsync(Round round)
    {
        Fault fault = (Fault)round.Random.Below(3);
        round.What = $"{fault}";
        await (fault switch
        {
            Fault.UpstreamDown => UpstreamDownAsync(round),
            Fault.NoDescriptors => NoDescriptorsAsync(round),
            _ => IdleAsync(round),
        });
    }

    /// <summary>Who has an upstream keeps it; who comes meanwhile is reset, and who comes later is served.</summary>
    private static async Task UpstreamDownAsync(Round round)
    {
        await using SoakServer server = await SoakServer.StartAsync(isTcpBehind: false);
        Conversation before = await Conversation.BeginAsync(round, server);
        await server.Down();
        ServedClient unlucky = round.Own(server.Connect(round.Random));
        await AssertReset(round, unlucky, RelayConnectionEnd.ConnectFailed);
        server.Up();
        Conversation after = await Conversation.BeginAsync(round, server);
        await before.AssertWhole();
        await after.AssertWhole();
        await EndAsync(round, server);
    }

    /// <summary>Every client is either served or reset, and the counters know which.</summary>
    private static async Task NoDescriptorsAsync(Round round)
    {
        ScarceKernel kernel = new(round.Random.Next());
        await using SoakServer server = await StartAsync(round, kernel: kernel);
        List<Conversation> all = [];
        int unlucky = 0;
        for (int i = 0; i < MaxConnections; i++)
        {
            ServedClient client = round.Own(server.Connect(round.Random));
            if (await Conversation.BeginAsync(round, client) is { } conversation)
            {
                all.Add(conversation);
            }
            else
            {
                unlucky++;
                await AssertReset(round, client, RelayConnectionEnd.NoDescriptors);
            }
        }

        foreach (Conversation conversation in all)
        {
            await conversation.AssertWhole();
        }

        await EndAsync(round, server);
        Assert.Equal((unlucky, unlucky), (server.Server.GetCounters().NoDescriptors, kernel.RefusedSockets));
    }

    private static async Task IdleAsync(Round round)
    {
        await using SoakServer server = await StartAsync(round, set: options =>
            options.IdleTimeout = TimeSpan.FromMilliseconds(round.Random.Between(50, 200)));
        ServedClient[] clients = [.. Enumerable.Range(0, MaxConnections)
            .Select(_ => round.Own(server.Connect(round.Random)))];
        foreach (ServedClient client in clients)
        {
            RelayConnection record = await round.Within(client.Record, "the record");
            Assert.Equal((RelayConnectionEnd.Relayed, RelayEnd.IdleTimeout), (record.End, record.Relay.EndedBy));
        }

        await EndAsync(round, server);
        Assert.Equal(MaxConnections, server.Server.GetCounters().EndedBy(RelayEnd.IdleTimeout));
    }

    private static Task<SoakServer> StartAsync(
        Round round, SoakServer? before = null, IKernel? kernel = null, Action<RelayServerOptions>? set = null)
        => SoakServer.StartAsync(
            isTcpBehind: round.Random.Chance(50),
            round.Random.Chance(50) ? SharedServers.OwnGroup : null,
            kernel,
            before,
            options =>
            {
                options.Mode = round.Random.Chance(25) ? TransferMode.CopyOnly : TransferMode.Auto;
                set?.Invoke(options);
            });

    private static async Task AssertReset(Round round, ServedClient client, RelayConnectionEnd end)
    {
        RelayConnection record = await round.Within(client.Record, "the record");
        Assert.Equal(end, record.End);
        Received received = await round.Within(round.Receive(client.Socket, 0), "the reset");
        Assert.Equal(0, received.Count);
        bool isTold = !received.IsWhole || client.Error != SocketError.Success; // The kernel tells it once.
        Assert.True(isTold || !client.IsTcp, "a clean end");
    }

    private static async Task EndAsync(Round round, SoakServer server)
    {
        round.Dispose();
        await server.Server.StopAsync();
        AssertAgree(server);
    }

    private static void AssertAgree(params SoakServer[] servers)
        => Assert.All(servers, server => Assert.Null(server.Disagreement(isStopped: true)));
}
