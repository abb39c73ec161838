extension Shard {
  /// Why a text names no shard.
  struct Mistake: Error, CustomStringConvertible, Equatable {
    let description: String
    init(_ text: String) { description = text }
  }

  /// `3/8`, the third of eight; `auto`, the one that the environment tells of, or `auto/8`, where it
  /// tells a number but not of how many.
  ///
  /// - Parameter variable: the value of a variable of the environment.
  init(_ text: String, variable: (String) -> String?) throws(Mistake) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let total = parts.count == 2 ? Int(parts[1]) : nil
    guard (1...2).contains(parts.count), parts.count == 1 || total != nil else {
      throw Mistake("expected one of so many, as in 3/8, or auto")
    }
    if let total, !(1...Self.mostShards).contains(total) {
      throw Mistake("there may be 1 to \(Self.mostShards) shards")
    }
    if parts[0] == "auto" {
      self = try Self.found(total, variable)
      return
    }
    guard let number = Int(parts[0]), let total else {
      throw Mistake("expected one of so many, as in 3/8, or auto")
    }
    guard (1...total).contains(number) else {
      throw Mistake("shards count from 1 to \(total)")
    }
    self.init(index: number - 1, count: total)
  }

  /// What a launcher tells each of the programs that it starts.
  private struct Launcher {
    /// Variables: the number, the first number, the last or how many, the distance.
    let number: String
    var first: String?
    var last: String?
    var count: String?
    var step: String?
    /// The number of the first one where no variable tells.
    var start = 0
    /// Whether a number without the count says nothing: Slurm numbers the script of a job, too, which is alone.
    var needsCount = false

    func isThere(_ variable: (String) -> String?) -> Bool {
      variable(number) != nil && (!needsCount || count.flatMap(variable) != nil)
    }
  }

  /// Tasks of an array of jobs, and then processes within a job.
  private static let arrays = [
    Launcher(
      number: "SLURM_ARRAY_TASK_ID", first: "SLURM_ARRAY_TASK_MIN", last: "SLURM_ARRAY_TASK_MAX",
      count: "SLURM_ARRAY_TASK_COUNT", step: "SLURM_ARRAY_TASK_STEP"),
    Launcher(
      number: "SGE_TASK_ID", first: "SGE_TASK_FIRST", last: "SGE_TASK_LAST",
      step: "SGE_TASK_STEPSIZE", start: 1),
    Launcher(number: "LSB_JOBINDEX", last: "LSB_JOBINDEX_END", step: "LSB_JOBINDEX_STEP", start: 1),
    Launcher(number: "CLOUD_RUN_TASK_INDEX", count: "CLOUD_RUN_TASK_COUNT"),
    Launcher(number: "BATCH_TASK_INDEX", count: "BATCH_TASK_COUNT"),
    Launcher(number: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE"),
    Launcher(number: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS"),
    Launcher(number: "PBS_ARRAY_INDEX"),
  ]
  private static let processes = [
    Launcher(number: "OMPI_COMM_WORLD_RANK", count: "OMPI_COMM_WORLD_SIZE"),
    Launcher(number: "PMI_RANK", count: "PMI_SIZE"),
    Launcher(number: "SLURM_PROCID", count: "SLURM_NTASKS", needsCount: true),
    Launcher(number: "PARALLEL_SEQ", start: 1),
  ]

  private static func found(
    _ total: Int?, _ variable: (String) -> String?
  ) throws(Mistake) -> Shard {
    var shard: Shard?
    for launchers in [arrays, processes] {
      guard let launcher = launchers.first(where: { $0.isThere(variable) }) else { continue }
      // A job of an array may run several processes: both numbers count.
      let own = try one(of: launcher, shard == nil ? total : nil, variable)
      shard =
        shard.map { Shard(index: $0.index * own.count + own.index, count: $0.count * own.count) }
        ?? own
    }
    guard let shard else {
      throw Mistake(
        "no launcher has told which one this is (Slurm, Kubernetes, Open MPI, MPICH, GNU parallel "
          + "and others do); say it, as in 3/8")
    }
    return shard
  }

  private static func one(
    of launcher: Launcher, _ total: Int?, _ variable: (String) -> String?
  ) throws(Mistake) -> Shard {
    func number(_ name: String?) throws(Mistake) -> Int? {
      guard let name, let text = variable(name) else { return nil }
      // Grid Engine says "undefined" where there is no array.
      guard let value = Int(text), (0...1 << 32).contains(value) else {
        throw Mistake("\(name)=\(text) is no number")
      }
      return value
    }
    let first = try number(launcher.first) ?? launcher.start
    let step = max(1, try number(launcher.step) ?? 1)
    let own = (try number(launcher.number)! - first) / step
    var count = total
    if count == nil { count = try number(launcher.count) }
    if count == nil, let last = try number(launcher.last) { count = (last - first) / step + 1 }
    guard let count else {
      throw Mistake("\(launcher.number) does not tell of how many; say it, as in auto/8")
    }
    guard (1...mostShards).contains(count), own >= 0 else {
      throw Mistake("there may be 1 to \(mostShards) shards")
    }
    // Jobs of GNU parallel go on counting: the shards are given out in turn.
    guard own < count || launcher.count == nil && launcher.last == nil else {
      throw Mistake("\(launcher.number) is \(own), of \(count)")
    }
    return Shard(index: own % count, count: count)
  }
}
