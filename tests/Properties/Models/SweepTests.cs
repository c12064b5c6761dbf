// A sweep looks at those that nothing tells of, each time; at everybody else within a second; and at nobody else.
using System.Runtime.InteropServices;
using FsCheck.Xunit;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

public sealed class SweepTests
{
    private const int Parts = 4;

    [Property(MaxTest = 100)]
    public void A_sweep_walks_those_that_need_it_and_nobody_else(int seed)
    {
        Random random = new(seed);
        using SafeFileHandle handle = File.OpenHandle("/dev/null");
        Sweep sweep = new();
        List<Watched> watched = [];
        List<int> crowds = [];
        long nowMs = random.Next();
        for (int step = 0; step < 200; step++)
        {
            for (int changes = random.Next(6); changes > 0; changes--)
            {
                if (watched.Count == 0 || random.Next(5) > 1)
                {
                    Watched added = new(handle, keepsLease: random.Next(2) == 0, needsSweep: random.Next(4) == 0);
                    watched.Add(added);
                    sweep.Add(added.Registration, nowMs);
                }
                else
                {
                    Watched removed = watched[random.Next(watched.Count)];
                    watched.Remove(removed);
                    sweep.Remove(removed.Registration);
                    removed.Close();
                }
            }

            int leased = watched.Count(w => !w.IsAlways);
            int timeoutMs = sweep.NextTimeoutMs(nowMs);
            Assert.Equal(watched.Count == 0, timeoutMs < 0);
            Assert.InRange(timeoutMs, -1, Sweep.EveryMs);
            sweep.Run(nowMs + timeoutMs - 1);
            Assert.All(watched, w => Assert.Equal(0, w.TakeLooks())); // Too early.

            nowMs += Math.Max(timeoutMs, 0);
            sweep.Run(nowMs);
            int looks = 0;
            foreach (Watched w in watched)
            {
                int count = w.TakeLooks();
                w.SweepsMissed = count == 0 ? w.SweepsMissed + 1 : 0;
                Assert.InRange(count, w.IsAlways ? 1 : 0, 1);
                looks += w.IsAlways ? 0 : count;
            }

            if (watched.Count > 0)
            {
                crowds.Add(leased);
            }

            int most = crowds.TakeLast(Parts).DefaultIfEmpty().Max();
            Assert.InRange(looks, (leased + Parts - 1) / Parts, (most + Parts - 1) / Parts);
            Assert.All(watched, w => Assert.True(w.SweepsMissed < 8, "not looked at for a second"));
        }

        watched.ForEach(w =>
        {
            sweep.Remove(w.Registration);
            w.Close();
        });
        Assert.Equal(-1, sweep.NextTimeoutMs(nowMs));
    }

    private sealed class Watched : IFdWatcher
    {
        private readonly bool _needsSweep;
        private int _looks;

        internal Watched(SafeHandle handle, bool keepsLease, bool needsSweep)
        {
            Handle = handle;
            _needsSweep = needsSweep;
            IsAlways = needsSweep || !keepsLease;
            Assert.True(FdLease.TryAcquire(handle, out FdLease lease));
            Registration.Open(handle, lease.Raw, keepsLease);
            lease.Release();
            Registration.Attach(this);
        }

        public SafeHandle Handle { get; }

        public bool NeedsSweep => _needsSweep;

        public bool IsGone
        {
            get
            {
                _looks++;
                return false;
            }
        }

        internal Registration Registration { get; } = new(null!); // Nothing of it is ever closed.

        internal bool IsAlways { get; }

        internal int SweepsMissed { get; set; }

        public void OnReadiness(Readiness readiness) => Assert.Fail("nothing happens to it");

        internal int TakeLooks()
        {
            int looks = _looks;
            _looks = 0;
            return looks;
        }

        internal void Close()
        {
            Registration.Detach(this);
            Registration.Close();
        }
    }
}
