/// The body for a request, and why it was taken.
///
/// Bodies are chosen here and nowhere else: of all candidates that accept a request the cheapest, and of
/// two that cost the same the first in the list. All that accept yield the same bytes. The lists are
/// `candidates` of the requests: `BodyRequest` of weighted sums, to which `CorrelationRequest` adds
/// what is done without windows, `RankRequest` of members of windows, `MomentsRequest` of means and
/// deviations, `LikenessRequest` of means by likeness.
package struct BodyChoice<Made: Sendable>: Sendable {
  package let made: Made
  /// The candidate's name.
  package let name: String
  package let cost: Double
  /// Multiplications a result, near enough to tell minutes from years.
  let operations: Double
  /// Those that would have been cheaper or do not do such work, and why they refused.
  package let refused: [(name: String, why: BodyRefusal)]
  /// Those that cost more, from the cheapest; they were not asked whether they accept.
  package let dearer: [(name: String, cost: Double)]

  package init<Request: CandidateRequest>(_ request: Request, kernels: MicroKernels = .current)
  where Request.Made == Made {
    var refused: [(name: String, why: BodyRefusal)] = []
    var ranked: [(candidate: BodyCandidate<Request>, cost: Double)] = []
    for candidate in Request.candidates {
      do throws(BodyRefusal) {
        let cost = try candidate.cost(request, kernels)
        // Behind all that cost no more: the list decides between equals.
        let place = ranked.firstIndex { $0.cost > cost } ?? ranked.endIndex
        ranked.insert((candidate, cost), at: place)
      } catch {
        refused.append((candidate.name, error))
      }
    }
    for (index, (candidate, cost)) in ranked.enumerated() {
      do throws(BodyRefusal) {
        made = try candidate.made(request, kernels)
        name = candidate.name
        self.cost = cost
        operations = candidate.operations(request, cost)
        self.refused = refused
        dearer = ranked[(index + 1)...].map { ($0.candidate.name, $0.cost) }
        return
      } catch {
        refused.append((candidate.name, error))
      }
    }
    preconditionFailure("some candidate accepts every request")
  }

  /// The choice and why, a line each.
  package var reasons: [String] {
    func taps(_ cost: Double) -> String {
      cost == cost.rounded() ? "\(Int(cost))" : "\(cost)"
    }
    var lines = ["chosen: \(name), cost \(taps(cost))"]
    if !dearer.isEmpty {
      lines.append(
        "dearer: " + dearer.map { "\($0.name) \(taps($0.cost))" }.joined(separator: ", "))
    }
    var reasons: [BodyRefusal] = []
    for one in refused where !reasons.contains(one.why) { reasons.append(one.why) }
    let groups = reasons.map { why in
      refused.filter { $0.why == why }.map(\.name).joined(separator: ", ") + " (\(why))"
    }
    if !groups.isEmpty { lines.append("refused: " + groups.joined(separator: "; ")) }
    return lines
  }
}

extension BodyChoice where Made == any FilterBody {
  package var body: any FilterBody { made }

  /// Of what is no more than a body.
  init<Whole>(_ choice: BodyChoice<Whole>, body: any FilterBody) {
    made = body
    name = choice.name
    cost = choice.cost
    operations = choice.operations
    refused = choice.refused
    dearer = choice.dearer
  }
}

/// A request that several bodies may do.
package protocol CandidateRequest: Sendable {
  /// What does it.
  associatedtype Made: Sendable = any FilterBody
  /// From the most special to the one that takes everything.
  static var candidates: [BodyCandidate<Self>] { get }
}

/// A way to do what a request asks for.
package struct BodyCandidate<Request: CandidateRequest>: Sendable {
  package var name: String
  /// Throws where the kind of work is another one.
  package var cost: @Sendable (Request, MicroKernels) throws(BodyRefusal) -> Double
  /// Multiplications a result, of what costs so much.
  var operations: @Sendable (Request, _ cost: Double) -> Double = { $1 }
  var make: @Sendable (Request, MicroKernels) throws(BodyRefusal) -> Request.Made

  /// What does the work, if it does what is asked.
  package func made(_ request: Request, _ kernels: MicroKernels) throws(BodyRefusal)
    -> Request.Made
  {
    _ = try cost(request, kernels)
    return try make(request, kernels)
  }

  /// The same for requests that hold one of this kind.
  func lifted<Whole: CandidateRequest>(
    _ part: @escaping @Sendable (Whole) -> Request,
    made: @escaping @Sendable (Request.Made) -> Whole.Made
  ) -> BodyCandidate<Whole> {
    BodyCandidate<Whole>(
      name: name,
      cost: { whole, kernels throws(BodyRefusal) in try cost(part(whole), kernels) },
      operations: { operations(part($0), $1) },
      make: { whole, kernels throws(BodyRefusal) in made(try make(part(whole), kernels)) })
  }
}
