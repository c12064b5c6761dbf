// A descriptor of ours is closed once, by its last user, whoever that is.
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class OwnedDescriptorTests
{
    private const int Rounds = 300;
    private const int Users = 3;

    /// <summary>Users on other threads hold it for a step; the loop closes it in the middle, and the number is somebody
    /// else's at once.</summary>
    [Fact(Timeout = 60_000)]
    public async Task No_user_elsewhere_ever_sees_the_number_become_another_ones()
    {
        NumberKernel kernel = new();
        OwnedDescriptor descriptor = new();
        for (int round = 0; round < Rounds; round++)
        {
            descriptor.Open(kernel, NumberKernel.Number);
            int identity = kernel.Identity;
            using Barrier start = new(Users + 1);
            Task<int>[] users = [.. Enumerable.Range(0, Users).Select(
                user => Task.Run(() => Use(descriptor, kernel, identity, start, spins: (round + user) % 50)))];
            start.SignalAndWait();
            Thread.SpinWait(round % 200);
            descriptor.Close();
            int[] strangers = await Task.WhenAll(users);
            Assert.All(strangers, count => Assert.Equal(0, count));
            Assert.False(descriptor.TryHold());
            Assert.True(descriptor.IsClosing);
            Assert.Equal(round + 1, kernel.Closes);
        }
    }

    [Fact]
    public void Without_a_hold_the_close_is_at_once_and_with_some_it_is_the_last_ones()
    {
        NumberKernel kernel = new();
        OwnedDescriptor descriptor = new();
        descriptor.Open(kernel, NumberKernel.Number);
        descriptor.Close();
        Assert.Equal(1, kernel.Closes);
        descriptor.Open(kernel, NumberKernel.Number);
        Assert.True(descriptor.TryHold());
        Assert.True(descriptor.TryHold());
        descriptor.Close();
        Assert.False(descriptor.TryHold());
        descriptor.Release();
        Assert.Equal((1, NumberKernel.Number), (kernel.Closes, descriptor.Raw));
        descriptor.Release();
        Assert.Equal((2, -1), (kernel.Closes, descriptor.Raw));
    }

    [Fact]
    public void What_is_given_away_is_not_closed()
    {
        NumberKernel kernel = new();
        OwnedDescriptor descriptor = new();
        descriptor.Open(kernel, NumberKernel.Number);
        Assert.Equal(NumberKernel.Number, descriptor.Detach());
        Assert.True(descriptor.IsClosing);
        Assert.Equal(0, kernel.Closes);
    }

    /// <returns>How often the number was another one's while it was held.</returns>
    private static int Use(OwnedDescriptor descriptor, NumberKernel kernel, int identity, Barrier start, int spins)
    {
        int strangers = 0;
        start.SignalAndWait();
        while (descriptor.TryHold())
        {
            strangers += kernel.Identity == identity ? 0 : 1;
            Thread.SpinWait(spins);
            strangers += kernel.Identity == identity && descriptor.Raw == NumberKernel.Number ? 0 : 1;
            descriptor.Release();
        }

        return strangers;
    }

    /// <summary>One number, whose owner changes with each close.</summary>
    private sealed class NumberKernel : StubKernel
    {
        internal const int Number = 7;

        private int _closes;

        internal int Closes => Volatile.Read(ref _closes);

        internal int Identity => Closes;

        public override void Close(int fd)
        {
            Assert.Equal(Number, fd);
            _ = Interlocked.Increment(ref _closes);
        }
    }
}
