import Text

/// `N` or `X,Y`: whole numbers for both axes.
struct AxisPair: Equatable {
  var x: Int
  var y: Int

  init?(_ text: String) {
    guard let numbers = axisLengths(text, separators: ",xX×"), numbers.count <= 2 else {
      return nil
    }
    (x, y) = (numbers[0], numbers[numbers.count - 1])
  }
}
