import ConvEngine
import Raster

extension ThreadTeam {
  /// A team for networks: numbers below the normal range count as 0 on every thread, the caller's
  /// included (they are up to 40 times slower).
  public static func forNetworks(threads: Int) -> ThreadTeam {
    FloatingPointMode.flushSubnormals()
    // A step is a dozen short calls: threads that slept between them would wake up all the time.
    let looks = threads <= availableProcessors() ? 100_000 : 0
    return ThreadTeam(threads: threads, looks: looks) { FloatingPointMode.flushSubnormals() }
  }
}
