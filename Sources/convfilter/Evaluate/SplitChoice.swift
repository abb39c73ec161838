import ArgumentParser

/// Which images of a data set are judged.
enum SplitChoice: String, CaseIterable, ExpressibleByArgument {
  case train, test, validation, all
}
