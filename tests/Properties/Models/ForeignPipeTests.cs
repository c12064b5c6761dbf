using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

/// <summary>A pipe of somebody else that does not know RWF_NOWAIT: it is never read or written plainly, and each byte
/// passes the library's own pipe once.</summary>
public sealed class ForeignPipeTests
{
    [Property(MaxTest = 300)]
    public void What_is_written_arrives_once_and_in_order(int seed, PositiveInt size)
    {
        Random random = new(seed);
        QueueKernel kernel = new(random);
        MoveResources resources = Resources(kernel);
        (_, int writeEnd, Queue<byte> content) = kernel.OpenForeign();
        ForeignPipeEnd end = new();
        end.OpenSimulated(resources, isReadEnd: false, writeEnd);
        byte[] sent = Bytes(size.Get * 7);
        List<byte> received = [];
        int written = 0;
        while (written < sent.Length)
        {
            // A mirror may let less leave than the last time.
            int offered = random.Next(1, Math.Min(sent.Length - written, 300) + 1);
            Moved moved = end.Write(sent.AsMemory(written, offered));
            Assert.True(!moved.IsError || moved.IsWouldBlock);
            written += moved.IsError ? 0 : moved.Count;
            Assert.InRange(moved.IsError ? 1 : moved.Count, 1, offered);
            Take(content, received, random.Next(content.Count + 1));
            Assert.Equal(written, received.Count + content.Count);
        }

        Take(content, received, content.Count);
        Assert.Equal(sent, received);
        AssertGivenBack(end, resources, kernel);
    }

    [Property(MaxTest = 300)]
    public void What_is_read_was_there_once_and_in_order(int seed, PositiveInt size)
    {
        Random random = new(seed);
        QueueKernel kernel = new(random);
        MoveResources resources = Resources(kernel);
        (int readEnd, _, Queue<byte> content) = kernel.OpenForeign();
        ForeignPipeEnd end = new();
        end.OpenSimulated(resources, isReadEnd: true, readEnd);
        Block block = resources.Blocks.TryRent(small: true)!;
        byte[] sent = Bytes(size.Get * 7);
        List<byte> received = [];
        int given = 0;
        while (received.Count < sent.Length)
        {
            for (int i = random.Next(QueueKernel.CapacityBytes - content.Count + 1); i > 0 && given < sent.Length; i--)
            {
                content.Enqueue(sent[given++]);
            }

            int asked = random.Next(1, 200);
            Moved moved = end.Read(block, asked);
            Assert.True(!moved.IsError || moved.IsWouldBlock);
            if (!moved.IsError)
            {
                Assert.InRange(moved.Count, 1, asked);
                received.AddRange(block.Span[..moved.Count]);
            }

            Assert.Equal(given, received.Count + content.Count); // Nothing is kept between two reads.
        }

        Assert.Equal(sent, received);
        resources.Blocks.Return(block);
        AssertGivenBack(end, resources, kernel);
    }

    private static MoveResources Resources(QueueKernel kernel)
        => new(
            kernel,
            new PageBudget(1000),
            new BlockBudget(long.MaxValue, long.MaxValue),
            new FlowTotals(isShared: false));

    private static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private static void Take(Queue<byte> content, List<byte> received, int count)
    {
        for (int i = 0; i < count; i++)
        {
            received.Add(content.Dequeue());
        }
    }

    private static void AssertGivenBack(ForeignPipeEnd end, MoveResources resources, QueueKernel kernel)
    {
        Assert.True(end.Leave());
        resources.Pipes!.Trim();
        Assert.Equal(0, kernel.OwnPipes);
    }
}
