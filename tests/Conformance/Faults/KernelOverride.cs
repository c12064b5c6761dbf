// The real kernel, with whatever a test changes of it, for the whole process.
using System.Reflection;

namespace Zerocopy.Conformance.Faults;

/// <summary>While it lives, every transfer of this process that begins goes through it.</summary>
internal abstract class KernelOverride : RealKernel, IDisposable
{
    private static readonly FieldInfo s_shared = Field(typeof(MoveResources), "s_shared", BindingFlags.Static);
    private static readonly FieldInfo s_hosts = Field(typeof(LoopGroup), "_hosts", BindingFlags.Instance);

    private readonly FlowHost?[] _loopsBefore;
    private readonly MoveResources _sharedBefore;
    private readonly List<MoveResources> _resources = [];

    private protected KernelOverride()
    {
        FlowHost?[] loops = (FlowHost?[])s_hosts.GetValue(LoopGroup.Default)!;
        _loopsBefore = [.. loops];
        _sharedBefore = MoveResources.Shared;
        for (int i = 0; i < loops.Length; i++)
        {
            loops[i] = _loopsBefore[i] is { } host ? new FlowHost(host.Loop, Instead(host.Resources)) : null;
        }

        s_shared.SetValue(null, Instead(_sharedBefore));
    }

    public void Dispose()
    {
        FlowHost?[] loops = (FlowHost?[])s_hosts.GetValue(LoopGroup.Default)!;
        _loopsBefore.CopyTo(loops, 0);
        s_shared.SetValue(null, _sharedBefore);
        _resources.ForEach(resources => resources.Pipes!.Trim());
    }

    private MoveResources Instead(MoveResources real)
    {
        MoveResources made = new(this, PageBudget.Process, BlockBudget.Process, real.Totals);
        _resources.Add(made);
        return made;
    }

    private static FieldInfo Field(Type type, string name, BindingFlags kind)
        => type.GetField(name, kind | BindingFlags.NonPublic) ?? throw new MissingFieldException(type.Name, name);
}
